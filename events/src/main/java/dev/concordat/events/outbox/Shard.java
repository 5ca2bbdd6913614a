package dev.concordat.events.outbox;

import dev.concordat.events.Parts;
import dev.concordat.events.claims.Claims;
import dev.concordat.events.loop.Loop;
import dev.concordat.events.loop.Signal;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Tells one shard's part of each tick, one tick after the other. Shard 0 also cuts the ticks.
///
/// A key is in one shard as long as their number stays. When a tick has another number of shards
/// than the one before it, its telling waits until all shards of that one are told.
final class Shard {
  private static final Logger LOG = System.getLogger("dev.concordat.events");

  /// From one tick to the next at least, so that a busy service tells many messages at once.
  private static final Duration PACE = Duration.ofMillis(5);

  private static final Duration SHORTEST_LOOK = Duration.ofMillis(5);
  private static final int LOOKS_GROW_BY = 10;

  private final int number;
  private final Parts parts;
  private final Claims claims;
  private final Ticks ticks;
  private final Teller teller;
  private final Past past;
  private final Bell bell;
  private final Told after;
  private final Signal signal;
  private final Loop loop;
  private @Nullable Place place;
  private volatile @Nullable Tick toldLast;
  private Duration look = SHORTEST_LOOK;

  Shard(int number, Sequencer.Tools tools, Told after) {
    this.number = number;
    this.parts = tools.parts();
    this.claims = tools.claims();
    this.ticks = tools.ticks();
    this.teller = tools.teller();
    this.past = new Past(parts.database(), ticks, teller);
    this.bell = tools.bell();
    this.after = after;
    this.signal = number == 0 ? parts.wake() : new Signal();
    String name = number == 0 ? "sequencer" : "sequencer " + number;
    this.loop = new Loop(name, signal, parts.observer(), this::step);
  }

  /// What happens after each look of the shard that cuts.
  @FunctionalInterface
  interface Told {
    /// Comes after each look that ended with everything told.
    ///
    /// @param idle whether there was nothing to tell
    void at(Tick last, long epoch, boolean idle);
  }

  /// Where a shard is.
  ///
  /// @param epoch of the claim
  /// @param producer under which the next tick is cut
  /// @param last told
  /// @param head the newest that is known to be stored; never before the last
  record Place(long epoch, String producer, Tick last, Tick head) {
    boolean isAtHead() {
      return last.number() >= head.number();
    }

    Place stored(Tick tick) {
      return new Place(epoch, producer, last, tick);
    }

    Place after(Tick tick) {
      return new Place(epoch, producer, tick, tick.number() > head.number() ? tick : head);
    }
  }

  Loop loop() {
    return loop;
  }

  void wake() {
    signal.raise();
  }

  /// The last tick that was told, while this process holds the shard.
  Optional<Tick> told() {
    return held() ? Optional.ofNullable(toldLast) : Optional.empty();
  }

  private boolean held() {
    return claims.held(Sequencer.CLAIM).containsKey(number);
  }

  private Duration step(boolean woken) {
    long began = System.nanoTime();
    if (tellNext().isEmpty()) {
      if (woken && number == 0 && !held()) {
        bell.ring();
        pace(began);
      }
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

  /// Tells what was committed before now. Others may go on committing: that is not waited for.
  void flush() {
    long target = number == 0 ? 0 : ticks.last().number();
    boolean more = true;
    while (more) {
      Optional<Tick> told = tellNext();
      Place here = place;
      more =
          told.isPresent()
              && here != null
              && (number == 0
                  ? !told.get().complete() || !here.isAtHead()
                  : told.get().number() < target);
    }
  }

  /// Tells the next tick; empty when there is none, or its time has not come.
  private Optional<Tick> tellNext() {
    Long epoch = claims.held(Sequencer.CLAIM).get(number);
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
    Optional<Tick> next = next(here);
    if (next.isPresent()) {
      Tick tick = next.get();
      here = here.stored(tick.number() > here.head.number() ? tick : here.head);
      if (mayTell(tick, here.last)) {
        teller.tell(tick, number);
        here = here.after(tick);
        toldLast = tick;
      } else {
        next = Optional.empty();
      }
    }
    if (number == 0 && here.isAtHead()) {
      after.at(here.last, here.epoch, next.isEmpty());
    }
    place = here;
    return next;
  }

  private Optional<Tick> next(Place here) {
    if (number > 0 || !here.isAtHead()) {
      return ticks.after(here.last.number(), number);
    }
    return ticks.next(
        here.last, new Ticks.Cut(here.epoch, parts.options().shards(), here.producer));
  }

  /// Whether what was told into other shards before, in part by the same keys, is in the log.
  private boolean mayTell(Tick tick, Tick last) {
    Optional<Tick> before =
        last.number() == tick.number() - 1 ? Optional.of(last) : ticks.numbered(tick.number() - 1);
    return before.isEmpty()
        || before.get().shards() == tick.shards()
        || teller.isTold(before.get());
  }

  /// Goes on where the shard was, here or in another process: after the newest tick that the log
  /// has.
  private Place resume(long epoch) {
    String producer = number == 0 ? past.reconcile(epoch, parts.options().shards()) : "";
    Tick head = ticks.last();
    long told = 0;
    for (Map.Entry<String, Long> of : ticks.producers().entrySet()) {
      told = Math.max(told, Math.min(of.getValue(), teller.told(of.getKey(), number)));
    }
    Tick last = at(told, head);
    toldLast = last;
    return new Place(epoch, producer, last, head);
  }

  private Tick at(long told, Tick head) {
    if (told == head.number()) {
      return head;
    }
    Optional<Tick> last = ticks.numbered(told);
    if (last.isEmpty() && told > 0) {
      LOG.log(Level.ERROR, "the log lacks ticks after {0} that the outbox no longer holds", told);
    }
    return last.orElseGet(() -> Tick.zero(head.producer()));
  }

  private static void pace(long began) {
    long left = PACE.toNanos() - (System.nanoTime() - began);
    if (left > 0) {
      LockSupport.parkNanos(left);
    }
  }
}
