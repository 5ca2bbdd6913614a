package dev.concordat.cli;

import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/// Waits for something that cannot say when it has happened: another process.
final class Waiting {
  private static final Duration STEP = Duration.ofMillis(20);

  private Waiting() {}

  /// Looks every 20 ms whether the condition has come true.
  ///
  /// @return whether it did in time
  static boolean until(BooleanSupplier condition, Duration patience) {
    Deadline deadline = Deadline.after(patience, Clock.SYSTEM);
    while (!condition.getAsBoolean()) {
      if (deadline.expired()) {
        return false;
      }
      pause(STEP);
    }
    return true;
  }

  static void pause(Duration duration) {
    try {
      Clock.SYSTEM.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.of(Code.CANCELLED, "interrupted", e);
    }
  }
}
