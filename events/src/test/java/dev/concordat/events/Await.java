package dev.concordat.events;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// Waits for a condition, 30 seconds at most.
final class Await {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Await() {}

  @FunctionalInterface
  interface Condition {
    boolean holds() throws Exception;
  }

  static void until(String what, Condition condition) {
    until(what, condition, () -> "");
  }

  /// @param state what to say beside when it does not come true
  static void until(String what, Condition condition, Supplier<Object> state) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    Exception last = null;
    while (System.nanoTime() < end) {
      try {
        if (condition.holds()) {
          return;
        }
      } catch (Exception e) {
        last = e;
      }
      LockSupport.parkNanos(2_000_000);
    }
    throw new AssertionError("not within " + PATIENCE + ": " + what + " " + state.get(), last);
  }
}
