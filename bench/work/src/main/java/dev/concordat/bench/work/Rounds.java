package dev.concordat.bench.work;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// Puts a [Telling] under load.
///
/// Threads: one.
final class Rounds {
  private static final long SECOND = 1_000_000_000L;
  private static final long LOOK = 200_000;

  /// More orders a second than anybody makes here.
  private static final int FASTEST = 60_000;

  private final Telling telling;
  private final Ledger ledger;
  private final AtomicLong next = new AtomicLong();

  Rounds(Telling telling, Ledger ledger) {
    this.telling = telling;
    this.ledger = ledger;
  }

  /// What came of a turn.
  ///
  /// @param told orders that were committed
  /// @param inTime effects committed before the turn's time was over
  /// @param lost orders without an effect, although it was waited for
  record Seen(long told, long inTime, long lost) {}

  /// Publishers that tell again at once, but wait while this many orders have no effect yet: what
  /// they get done can be kept up for ever.
  ///
  /// @param patience for effects that are still missing at the end
  Seen closed(int publishers, int backlog, Duration time, Duration patience) throws Exception {
    long before = ledger.effects();
    long first = next.get();
    ledger.begin(first, Math.toIntExact(time.toMillis() * FASTEST / 1000));
    AtomicLong told = new AtomicLong();
    long end = System.nanoTime() + time.toNanos();
    List<Future<?>> all = new ArrayList<>();
    long inTime;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < publishers; i++) {
        all.add(
            threads.submit(() -> {
              while (System.nanoTime() < end) {
                if (next.get() - first - (ledger.effects() - before) >= backlog) {
                  LockSupport.parkNanos(LOOK);
                  continue;
                }
                telling.tell(next.getAndIncrement());
                told.incrementAndGet();
              }
              return null;
            }));
      }
      while (System.nanoTime() < end) {
        LockSupport.parkNanos(end - System.nanoTime());
      }
      inTime = ledger.effects() - before;
      for (Future<?> one : all) {
        one.get();
      }
    }
    return new Seen(told.get(), inTime, missing(before + told.get(), patience));
  }

  /// Orders at a fixed rate, whatever becomes of the earlier ones, each on a thread of its own.
  Seen open(int rate, Duration time, Duration patience) throws Exception {
    long before = ledger.effects();
    int orders = Math.toIntExact(rate * time.toNanos() / SECOND);
    long first = next.getAndAdd(orders);
    ledger.begin(first, orders);
    List<Future<?>> all = new ArrayList<>();
    long hopeless = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      long begin = System.nanoTime();
      for (int i = 0; i < orders; i++) {
        long order = first + i;
        long meant = begin + i * SECOND / rate;
        hopeless += ledger.healthy(order) ? 0 : 1;
        ledger.meant(order, meant);
        awaitInstant(meant);
        all.add(
            threads.submit(() -> {
              telling.tell(order);
              return null;
            }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    long inTime = ledger.effects() - before;
    return new Seen(orders, inTime, missing(before + orders - hopeless, patience));
  }

  private long missing(long expected, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    while (ledger.effects() < expected && System.nanoTime() < end) {
      LockSupport.parkNanos(LOOK);
    }
    return expected - ledger.effects();
  }

  static void awaitInstant(long instant) {
    for (long left = instant - System.nanoTime(); left > 0; left = instant - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
