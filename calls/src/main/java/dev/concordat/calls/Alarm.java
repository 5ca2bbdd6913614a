package dev.concordat.calls;

import dev.concordat.core.Deadline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Rings once when a deadline passes, unless stopped before. Uses the JDK's own timer, so that a
/// call costs no thread that only waits.
final class Alarm {
  private final CompletableFuture<Void> bell = new CompletableFuture<>();

  private Alarm() {}

  /// @param ring short: it runs on the timer's thread
  static Alarm at(Deadline deadline, Runnable ring) {
    Alarm alarm = new Alarm();
    var _ =
        alarm
            .bell
            .orTimeout(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)
            .whenComplete((stopped, passed) -> {
              if (passed != null) {
                ring.run();
              }
            });
    return alarm;
  }

  void stop() {
    bell.complete(null);
  }
}
