package dev.concordat.events;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// Waits for a condition, 30 seconds at most unless it says otherwise.
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
    until(what, PATIENCE, condition, state);
  }

  /// Waits as long as that.
  ///
  /// @param state what to say beside when it does not come true
  public static void until(
      String what, Duration patience, Condition condition, Supplier<Object> state) {
    long end = System.nanoTime() + patience.toNanos();
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
    throw new AssertionError("not within " + patience + ": " + what + " " + state.get(), last);
  }
}
