package dev.concordat.events.outbox;

import dev.concordat.core.ContextCodec;
import dev.concordat.core.Failure;
import dev.concordat.core.Observation;
import dev.concordat.core.Observer;
import dev.concordat.core.Observer.Activity;
import dev.concordat.core.Observer.Kind;
import dev.concordat.events.Parts;
import dev.concordat.events.claims.Claims;
import dev.concordat.events.log.Envelope;
import dev.concordat.events.loop.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Carries what has been committed from the outbox to the log: stores a tick, appends its messages
/// under the tick's number, and so on. One process of a service does it, the others stand by.
///
/// A crash between any two steps only repeats: the stored tick gives the same messages again, and
/// the log does nothing for a number that it has seen.
public final class Sequencer {
  static final String CLAIM = "sequencer";

  /// From one tick to the next at least, so that a busy service tells many messages at once.
  private static final Duration PACE = Duration.ofMillis(5);

  private static final Duration SHORTEST_LOOK = Duration.ofMillis(5);
  private static final int LOOKS_GROW_BY = 10;
  private static final int TICKS_KEPT = 1_000;

  private final Parts parts;
  private final Claims claims;
  private final Ticks ticks;
  private final Identity identity;
  private final Rotation rotation;
  private final Loop loop;
  private @Nullable Place place;
  private Duration look = SHORTEST_LOOK;
  private boolean wanted;
  private volatile long told;

  public Sequencer(Parts parts, Claims claims, Rotation rotation) {
    this.parts = parts;
    this.claims = claims;
    this.ticks = new Ticks(parts.database());
    this.identity = new Identity(parts.database());
    this.rotation = rotation;
    this.loop = new Loop("sequencer", parts.wake(), parts.observer(), this::step);
  }

  /// Where the sequencer is.
  ///
  /// @param epoch of the claim
  /// @param producer how the log knows this database
  /// @param last stored and told
  private record Place(long epoch, String producer, Tick last) {
    Place after(Tick tick) {
      return new Place(epoch, producer, tick);
    }
  }

  public Loop loop() {
    return loop;
  }

  /// The highest id that has been told, as far as this process knows.
  public long told() {
    return told;
  }

  /// Ends, and tells what is left, before this process gives up being the sequencer.
  public void stop(Duration grace) {
    loop.stop();
    if (!loop.join(grace)) {
      return;
    }
    try {
      while (tellNext().isPresent()) {
        Thread.onSpinWait();
      }
    } catch (Failure e) {
      // Whoever is the sequencer next tells it.
      parts.observer().count("concordat.events.flushes.failed", 1, Map.of());
    }
  }

  private Duration step() {
    if (!wanted) {
      claims.want(CLAIM, 1, parts.wake()::raise);
      wanted = true;
    }
    long began = System.nanoTime();
    Optional<Tick> tick = tellNext();
    if (tick.isEmpty()) {
      Duration wait = look;
      Duration longest = parts.options().poll();
      look = look.multipliedBy(LOOKS_GROW_BY);
      look = look.compareTo(longest) > 0 ? longest : look;
      return wait;
    }
    look = SHORTEST_LOOK;
    pace(began);
    return Duration.ZERO;
  }

  private Optional<Tick> tellNext() {
    Long epoch = claims.held(CLAIM).get(0);
    if (epoch == null) {
      place = null;
      return Optional.empty();
    }
    Place here = place;
    // Forgotten while we work: after a failure we do not know what was stored, and look again.
    place = null;
    if (here == null || here.epoch != epoch) {
      here = resume(epoch);
    }
    Optional<Tick> next = ticks.next(here.last, epoch);
    if (next.isPresent()) {
      tell(here.producer, next.get());
      here = here.after(next.get());
      told = here.last.upto();
    }
    tidy(here, next.isEmpty());
    place = here;
    return next;
  }

  /// Goes on where the sequencer was, here or in another process: tells the last tick again unless
  /// the log has it.
  private Place resume(long epoch) {
    Tick last = ticks.last();
    String producer = parts.owner() + "/" + identity.producer();
    long appended = parts.broker().appended(producer);
    if (appended > last.number()) {
      // The log has ticks that this database does not know: it was restored. Under a new name
      // nothing
      // is taken for told; what is told twice is known by its message id.
      producer = parts.owner() + "/" + identity.renew();
      appended = 0;
    }
    if (appended < last.number()) {
      tell(producer, last);
    }
    told = last.upto();
    return new Place(epoch, producer, last);
  }

  private void tell(String producer, Tick tick) {
    List<Envelope> messages = ticks.messages(tick);
    if (parts.observer().equals(Observer.NONE)) {
      parts.broker().append(producer, tick.number(), messages);
    } else {
      tellWatched(producer, tick, messages);
    }
    parts.observer().record("concordat.events.tick.size", messages.size(), Map.of());
  }

  private void tellWatched(String producer, Tick tick, List<Envelope> messages) {
    List<Observation> observations = new ArrayList<>(messages.size());
    List<Envelope> watched = new ArrayList<>(messages.size());
    try {
      for (Envelope message : messages) {
        Map<String, String> headers = new HashMap<>(message.headers());
        Observation observation = observe(message, headers);
        observations.add(observation);
        observation
            .context()
            .trace()
            .ifPresent(trace -> headers.put(ContextCodec.TRACEPARENT, trace.traceparent()));
        watched.add(message.withHeaders(headers));
      }
      parts.broker().append(producer, tick.number(), watched);
    } catch (RuntimeException e) {
      observations.forEach(observation -> observation.failed(e));
      throw e;
    } finally {
      observations.forEach(Observation::close);
    }
  }

  private Observation observe(Envelope message, Map<String, String> headers) {
    return parts
        .observer()
        .begin(
            new Activity(
                Kind.INTERNAL,
                "append " + message.topic(),
                parts.codec().read(ContextCodec.carrier(headers)),
                Map.of(
                    "concordat.key", message.key(),
                    "messaging.system", "concordat",
                    "messaging.destination.name", message.topic(),
                    "messaging.message.id", message.id().toString())));
  }

  private void tidy(Place here, boolean idle) {
    Tick last = here.last;
    if (last.complete() && last.number() > 0 && (idle || last.number() % 100 == 0)) {
      boolean rotated = rotation.perhaps(last, here.epoch);
      if (rotated) {
        ticks.fold(last.number() - TICKS_KEPT);
      }
    }
  }

  private static void pace(long began) {
    long left = PACE.toNanos() - (System.nanoTime() - began);
    if (left > 0) {
      LockSupport.parkNanos(left);
    }
  }
}
