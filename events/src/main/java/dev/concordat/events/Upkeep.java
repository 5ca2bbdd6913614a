package dev.concordat.events;

import dev.concordat.contract.Owner;
import dev.concordat.events.deadletters.DeadLetters;
import dev.concordat.events.loop.Loop;
import dev.concordat.events.loop.Signal;
import dev.concordat.events.outbox.Sequencer;
import dev.concordat.events.subscriptions.Figures;
import dev.concordat.events.subscriptions.Inbox;
import dev.concordat.events.subscriptions.Subscription;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleSupplier;

/// What has to be done now and then: tells the log about topics, drops what nobody needs any more,
/// and reads the gauges, so that whoever asks for them does not wait for a database.
final class Upkeep {
  private static final int INTERVAL_IN_POLLS = 10;
  private static final int ROUNDS_TO_PRUNE = 12;
  private static final int SPARE_DAYS = 2;
  private static final String FORGET_REDRIVEN =
      "delete from concordat.dead_letter where redriven_at < now() - interval '30 days'";

  private final Parts parts;
  private final Sequencer sequencer;
  private final Inbox inbox;
  private final DeadLetters deadLetters;
  private final Collection<? extends Subscription<? extends Owner>> subscriptions;
  private final Loop loop;
  private final List<Runnable> removals = new ArrayList<>();
  private final List<Runnable> readings = new ArrayList<>();
  private int round;

  Upkeep(
      Parts parts,
      Sequencer sequencer,
      Inbox inbox,
      DeadLetters deadLetters,
      Collection<? extends Subscription<? extends Owner>> subscriptions) {
    this.parts = parts;
    this.sequencer = sequencer;
    this.inbox = inbox;
    this.deadLetters = deadLetters;
    this.subscriptions = subscriptions;
    this.loop = new Loop("upkeep", new Signal(), parts.observer(), this::step);
  }

  Loop loop() {
    return loop;
  }

  /// Registers the gauges.
  void open() {
    gauge("concordat.events.outbox.backlog", Map.of(), sequencer::backlog);
    gauge("concordat.events.outbox.oldest_age", Map.of(), sequencer::oldestAge);
    gauge("concordat.events.dead_letters", Map.of(), deadLetters::count);
    for (var subscription : subscriptions) {
      Map<String, String> name = Map.of("subscription", subscription.spec().name());
      Figures figures = subscription.figures();
      gauge("concordat.events.lag", name, figures::lag);
      gauge("concordat.events.retention_used", name, figures::retentionUsed);
      gauge("concordat.events.parked_keys", name, figures::parkedKeys);
      gauge("concordat.events.standing", name, figures::standing);
      gauge("concordat.events.down", name, () -> figures.down().isPresent() ? 1 : 0);
    }
  }

  void stop() {
    loop.stop();
    removals.forEach(Runnable::run);
  }

  private void gauge(String metric, Map<String, String> attributes, DoubleSupplier value) {
    AtomicReference<Double> last = new AtomicReference<>(0.0);
    readings.add(() -> last.set(value.getAsDouble()));
    removals.add(parts.observer().gauge(metric, attributes, last::get));
  }

  private Duration step() {
    parts.topics().declare(parts.broker());
    if (round++ % ROUNDS_TO_PRUNE == 0) {
      prune();
    }
    readings.forEach(Runnable::run);
    return parts.options().poll().multipliedBy(INTERVAL_IN_POLLS);
  }

  private void prune() {
    long days = parts.topics().longestRetention().toDays() + SPARE_DAYS;
    inbox.drop(LocalDate.now(ZoneOffset.UTC).minusDays(days));
    subscriptions.forEach(Subscription::fold);
    parts
        .database()
        .read(connection -> {
          try (var delete = connection.prepareStatement(FORGET_REDRIVEN)) {
            return delete.executeUpdate();
          }
        });
  }
}
