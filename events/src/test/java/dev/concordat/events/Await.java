package dev.concordat.events;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// Waits for a condition, 30 seconds at most.
public final class Await {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Await() {}

  @FunctionalInterface
  public interface Condition {
    boolean holds() throws Exception;
  }

  public static void until(String what, Condition condition) {
    until(what, condition, () -> "");
  }

  /// Waits.
  ///
  /// @param state what to say beside when it does not come true
  public static void until(String what, Condition condition, Supplier<Object> state) {
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
