package dev.concordat.calls.wire;

import dev.concordat.contract.Method;
import dev.concordat.contract.Shape;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.function.BooleanSupplier;

/// Waiting for the other end of a stream, no longer than its contract's `idle`. Unary calls have
/// their deadline and nothing else.
public final class Idle {
  private final Method<?, ?> method;
  private final long nanos;

  public Idle(Method<?, ?> method) {
    this.method = method;
    this.nanos =
        method.shape() == Shape.UNARY ? Long.MAX_VALUE : method.streaming().idle().toNanos();
  }

  /// Waits, holding the lock of the condition.
  ///
  /// @return the failure, when it took too long
  public Optional<Failure> await(Condition changed, BooleanSupplier until, String what)
      throws InterruptedException {
    long left = nanos;
    while (!until.getAsBoolean()) {
      if (left <= 0) {
        return Optional.of(
            Failure.of(
                    Code.DEADLINE_EXCEEDED,
                    "%s: %s for %d ms, the longest that its contract allows (idle)"
                        .formatted(method, what, nanos / 1_000_000))
                .with(Failure.Details.NONE.withDecidedBy("idle").withReason("IDLE")));
      }
      left = changed.awaitNanos(left);
    }
    return Optional.empty();
  }
}
