package dev.concordat.bench.simulation;

import dev.concordat.core.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/// Virtual time: a queue of what happens next, and a clock that jumps from one event to the next.
/// What is due at the same instant happens in the order in which it was planned.
///
/// Threads: one.
final class Timeline implements Clock {
  /// One second.
  static final long SECOND = 1_000_000_000L;

  /// One millisecond.
  static final long MILLISECOND = 1_000_000L;

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
  private long nanos;
  private long planned;

  /// Plans something.
  void after(long delay, Runnable what) {
    at(nanos + Math.max(0, delay), what);
  }

  /// Plans something for an instant, in nanoseconds since the beginning.
  void at(long instant, Runnable what) {
    events.add(new Event(Math.max(instant, nanos), planned++, what));
  }

  /// Lets everything happen that is due before this instant.
  void runUntil(long end) {
    for (Event next = events.peek(); next != null && next.at() < end; next = events.peek()) {
      events.remove();
      nanos = next.at();
      next.what().run();
    }
    nanos = end;
  }

  @Override
  public long nanos() {
    return nanos;
  }

  @Override
  public Instant now() {
    return START.plusNanos(nanos);
  }

  /// Nobody waits in virtual time: what comes later is planned.
  @Override
  public void sleep(Duration duration) {
    throw new UnsupportedOperationException("plan it with after(), nothing sleeps here");
  }

  private record Event(long at, long order, Runnable what) {}
}
