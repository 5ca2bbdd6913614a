package dev.concordat.events;

import dev.concordat.contract.Owner;
import dev.concordat.core.Background;
import dev.concordat.core.Failure;
import dev.concordat.core.Fanout;
import dev.concordat.events.claims.Claims;
import dev.concordat.events.deadletters.DeadLetter;
import dev.concordat.events.deadletters.DeadLetters;
import dev.concordat.events.deadletters.SubscriptionOrigin;
import dev.concordat.events.outbox.Rotation;
import dev.concordat.events.outbox.Sequencer;
import dev.concordat.events.subscriptions.Down;
import dev.concordat.events.subscriptions.Inbox;
import dev.concordat.events.subscriptions.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// What carries events from commit to handler in this process: claims, sequencer, subscriptions.
final class Relay<O extends Owner> {
  private static final long ROWS_UNTIL_ROTATION = 50_000;
  private static final Duration TIME_UNTIL_ROTATION = Duration.ofMinutes(2);
  private static final int ALL_AT_ONCE = 1_000;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Parts parts;
  private final JdbcTransaction.Enqueuer enqueuer;
  private final DeadLetters deadLetters;
  private final Background background;
  private final Claims claims;
  private final Inbox inbox;
  private final Sequencer sequencer;
  private final Upkeep upkeep;
  private final List<Subscription<O>> subscriptions = new CopyOnWriteArrayList<>();
  private boolean started;

  Relay(Parts parts, JdbcTransaction.Enqueuer enqueuer) {
    this.parts = parts;
    this.enqueuer = enqueuer;
    this.deadLetters = new DeadLetters(parts);
    deadLetters.register(DeadLetter.EVENT, new SubscriptionOrigin(this::subscribes));
    this.background = new Background("events." + parts.owner());
    this.claims = new Claims(parts);
    this.inbox = new Inbox(parts.database());
    var rotation = new Rotation(parts.database(), ROWS_UNTIL_ROTATION, TIME_UNTIL_ROTATION);
    this.sequencer = new Sequencer(parts, claims, rotation);
    this.upkeep = new Upkeep(parts, sequencer, inbox, deadLetters, subscriptions);
  }

  private boolean subscribes(String name) {
    return subscriptions.stream().anyMatch(each -> each.spec().name().equals(name));
  }

  Optional<Down> down(String name) {
    return subscriptions.stream()
        .filter(each -> each.spec().name().equals(name))
        .findFirst()
        .flatMap(each -> each.figures().down());
  }

  DeadLetters deadLetters() {
    return deadLetters;
  }

  void subscribe(Subscription.Spec<O> spec) {
    if (started) {
      throw new IllegalStateException("subscribe " + spec.name() + " before the start");
    }
    if (subscriptions.stream().anyMatch(s -> s.spec().name().equals(spec.name()))) {
      throw new IllegalArgumentException(
          "there are two subscriptions with the name " + spec.name() + "; each needs its own");
    }
    subscriptions.add(new Subscription<>(parts, spec, claims, inbox, enqueuer));
  }

  void start() {
    started = true;
    upkeep.open();
    claims.loop().start(background);
    sequencer.start(background);
    subscriptions.forEach(subscription -> subscription.loop().start(background));
    upkeep.loop().start(background);
  }

  /// Subscriptions first, then the sequencer, which may have to tell what they did; the claims
  /// last.
  boolean stop(Duration grace) {
    if (!started) {
      return true;
    }
    upkeep.stop();
    boolean clean =
        Fanout.each(List.copyOf(subscriptions), ALL_AT_ONCE, s -> s.stop(grace)).stream()
            .allMatch(each -> each);
    sequencer.stop(PATIENCE);
    claims.loop().stop();
    var _ = claims.loop().join(PATIENCE);
    leave();
    return background.stop(PATIENCE) && clean;
  }

  private void leave() {
    try {
      claims.leave();
    } catch (Failure e) {
      // The claims end with their lease.
      parts.observer().count("concordat.events.failures", 1, Map.of("loop", "leave"));
    }
  }
}
