package dev.concordat.bench.work;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// Has the log of a [Streaming] read.
///
/// Threads: one.
final class Readings {
  private static final long LOOK = 1_000_000;

  private final Streaming streaming;
  private final Order order;
  private long next;

  Readings(Streaming streaming, Order order) {
    this.streaming = streaming;
    this.order = order;
  }

  /// Returns the clock's milliseconds afterwards.
  long fill(int events, int keys) throws Exception {
    streaming.fill(next, events, keys);
    next += events;
    return System.currentTimeMillis();
  }

  /// Reads until so many were handled, or until the time is over.
  ///
  /// @param most from the beginning on, the start of the reading included
  /// @return how many, the nanoseconds from the first on, and how many were out of order
  String read(long events, long sinceEpochMillis, Duration most, List<String> names)
      throws Exception {
    long before = order.handled();
    long end = System.nanoTime() + most.toNanos();
    try (var _ = streaming.read(names, sinceEpochMillis)) {
      while (order.handled() == before && System.nanoTime() < end) {
        LockSupport.parkNanos(LOOK);
      }
      long begin = System.nanoTime();
      while (order.handled() - before < events && System.nanoTime() < end) {
        LockSupport.parkNanos(LOOK);
      }
      return "%d %d %d"
          .formatted(order.handled() - before, System.nanoTime() - begin, order.outOfOrder());
    }
  }
}
