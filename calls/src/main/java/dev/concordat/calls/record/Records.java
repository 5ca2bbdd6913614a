package dev.concordat.calls.record;

import dev.concordat.core.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The latest calls of this process, and for longer those that failed or were slow. Two rings of a
/// fixed size: remembering a call is one write, and memory is bounded.
///
/// Threads: safe for many.
public final class Records {
  private final Clock clock;
  private final long slowNanos;
  private final Ring latest;
  private final Ring notable;
  private final AtomicLong count = new AtomicLong();

  /// An empty memory.
  public Records(Remembered remembered, Clock clock) {
    this.clock = clock;
    this.slowNanos = remembered.slow().toNanos();
    this.latest = new Ring(remembered.calls());
    this.notable = new Ring(remembered.notable());
  }

  /// Remembers a call that has ended.
  public void add(Trail trail) {
    trail.number(count.incrementAndGet());
    latest.add(trail);
    if (trail.failed() || trail.tookNanos() >= slowNanos) {
      notable.add(trail);
    }
  }

  /// The calls that this asks for, the latest to end first.
  ///
  /// @param limit at most so many
  public List<Trail> list(Predicate<Trail> wanted, int limit) {
    Set<Trail> found = Collections.newSetFromMap(new IdentityHashMap<>());
    latest.collect(wanted, found);
    notable.collect(wanted, found);
    List<Trail> sorted = new ArrayList<>(found);
    sorted.sort((a, b) -> Long.compare(b.number(), a.number()));
    return List.copyOf(sorted.subList(0, Math.min(limit, sorted.size())));
  }

  /// When a call began, by the time of day.
  public Instant begunAt(Trail trail) {
    return clock.now().minus(Duration.ofNanos(age(trail)));
  }

  private long age(Trail trail) {
    return clock.nanos() - trail.begunNanos();
  }

  private static final class Ring {
    private final AtomicReferenceArray<@Nullable Trail> slots;
    private final AtomicLong next = new AtomicLong();

    Ring(int size) {
      this.slots = new AtomicReferenceArray<>(size);
    }

    void add(Trail trail) {
      slots.setRelease((int) Math.floorMod(next.getAndIncrement(), (long) slots.length()), trail);
    }

    void collect(Predicate<Trail> wanted, Set<Trail> into) {
      for (int i = 0; i < slots.length(); i++) {
        Trail trail = slots.getAcquire(i);
        if (trail != null && wanted.test(trail)) {
          into.add(trail);
        }
      }
    }
  }
}
