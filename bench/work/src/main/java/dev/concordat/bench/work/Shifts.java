package dev.concordat.bench.work;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// Has the tasks of a [Queueing] done.
///
/// Threads: one.
final class Shifts {
  private static final long SECOND = 1_000_000_000L;
  private static final long LOOK = 1_000_000;
  private static final int BATCH = 500;
  private static final Duration BEAT = Duration.ofMillis(10);

  /// For the first task: some look for work every 15 seconds, and their time counts from the first.
  private static final Duration START = Duration.ofSeconds(60);

  private final Queueing queue;
  private final Stage stage;
  private long next;

  Shifts(Queueing queue, Stage stage) {
    this.queue = queue;
    this.stage = stage;
  }

  /// Asks for tasks on which nobody works yet, or faster than anybody works.
  void fill(int tasks) throws Exception {
    for (int left = tasks; left > 0; left -= BATCH) {
      int count = Math.min(BATCH, left);
      queue.ask(next, count);
      next += count;
    }
  }

  /// Works until nothing is left, or until the time is over.
  ///
  /// @return acknowledged for good, and the nanoseconds from the first done to that
  long[] drain(Duration most) throws Exception {
    Ledger ledger = stage.ledger();
    long before = ledger.effects();
    long total = next - before;
    queue.start();
    long started = System.nanoTime();
    while (ledger.effects() == before && System.nanoTime() - started < START.toNanos()) {
      LockSupport.parkNanos(LOOK / 10);
    }
    long begin = System.nanoTime();
    while (ledger.effects() < next && System.nanoTime() - begin < most.toNanos()) {
      LockSupport.parkNanos(LOOK);
    }
    long left = queue.left();
    while (left > 0 && System.nanoTime() - begin < most.toNanos()) {
      LockSupport.parkNanos(LOOK);
      left = queue.left();
    }
    long took = System.nanoTime() - begin;
    queue.stop();
    return new long[] {total - left, took};
  }

  /// Asks for tasks at a fixed rate, every few milliseconds together those of that time, while they
  /// are done.
  ///
  /// @return done meanwhile, and left at the end
  long[] pace(int rate, Duration time) throws Exception {
    queue.start();
    Ledger ledger = stage.ledger();
    long before = ledger.effects();
    long tasks = rate * time.toNanos() / SECOND;
    ledger.begin(next, Math.toIntExact(tasks));
    long begin = System.nanoTime();
    long asked = 0;
    for (long at = 0; at < time.toNanos(); at += BEAT.toNanos()) {
      Rounds.awaitInstant(begin + at);
      long due = Math.min(tasks, (at + BEAT.toNanos()) * rate / SECOND);
      if (due > asked) {
        for (long i = asked; i < due; i++) {
          ledger.asked(next + i - asked);
        }
        queue.ask(next, Math.toIntExact(due - asked));
        next += due - asked;
        asked = due;
      }
    }
    long done = ledger.effects() - before;
    queue.stop();
    return new long[] {done, next - ledger.effects()};
  }
}
