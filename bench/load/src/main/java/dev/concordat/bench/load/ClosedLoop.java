package dev.concordat.bench.load;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Callers that ask again as soon as they have the answer: what a pair of processes can do at most,
/// and what that costs.
final class ClosedLoop {
  private ClosedLoop() {}

  /// Runs it, and counts the calls.
  static Tally run(Asking client, int callers, Duration time) {
    Tally tally = new Tally();
    long until = System.nanoTime() + time.toNanos();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < callers; i++) {
        threads.execute(() -> {
          while (System.nanoTime() < until) {
            tally.call(client);
          }
        });
      }
    }
    return tally;
  }
}
