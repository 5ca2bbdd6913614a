package dev.concordat.bench.load;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/// Calls at a fixed rate, whatever becomes of the earlier ones, each on a virtual thread of its
/// own. The latency counts from the instant at which a call was meant to begin, so that one slow
/// answer is not hidden by the calls that it kept from being made (coordinated omission).
///
/// @param tally how many calls were made
/// @param latencies of the good ones, in nanoseconds
record OpenLoop(Tally tally, Histogram latencies) {
  private static final Duration LONGEST = Duration.ofMinutes(1);
  private static final long SECOND = 1_000_000_000L;

  /// Runs it.
  ///
  /// @param rate calls a second
  static OpenLoop run(Asking client, int rate, Duration time) {
    OpenLoop loop = new OpenLoop(new Tally(), new ConcurrentHistogram(LONGEST.toNanos(), 3));
    long calls = rate * time.toNanos() / SECOND;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      long begin = System.nanoTime();
      for (long i = 0; i < calls; i++) {
        long meant = begin + i * SECOND / rate;
        awaitInstant(meant);
        threads.execute(() -> loop.call(client, meant));
      }
    }
    return loop;
  }

  private void call(Asking client, long meant) {
    if (tally.call(client)) {
      latencies.recordValue(Math.min(System.nanoTime() - meant, LONGEST.toNanos()));
    }
  }

  private static void awaitInstant(long instant) {
    for (long left = instant - System.nanoTime(); left > 0; left = instant - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
