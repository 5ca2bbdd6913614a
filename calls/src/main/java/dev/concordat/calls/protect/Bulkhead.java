package dev.concordat.calls.protect;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.util.concurrent.atomic.AtomicInteger;

/// How many attempts may be under way to one target at once, so that a target that hangs cannot
/// take every thread and all memory of its callers. Nobody waits here: what does not fit is refused
/// at once.
///
/// Threads: safe for many.
public final class Bulkhead {
  private final String target;
  private final int most;
  private final AtomicInteger inside = new AtomicInteger();

  /// @param target the service's name, for the message
  /// @param most attempts at once
  public Bulkhead(String target, int most) {
    if (most < 1) {
      throw new IllegalArgumentException("a bulkhead lets at least one call in, got " + most);
    }
    this.target = target;
    this.most = most;
  }

  /// Lets one attempt in; [#leave()] ends it.
  ///
  /// @throws Failure with [Code#RESOURCE_EXHAUSTED] and reason `BULKHEAD_FULL`; settled, because
  ///   whoever tries again adds to the crowd
  public void enter() {
    if (inside.incrementAndGet() > most) {
      inside.decrementAndGet();
      throw Failure.of(
              Code.RESOURCE_EXHAUSTED,
              "%d calls to %s are under way already, at most %d may be"
                  .formatted(most, target, most))
          .with(
              Failure.Details.NONE
                  .withDecidedBy("bulkhead")
                  .withReason("BULKHEAD_FULL")
                  .withSettled(true));
    }
  }

  /// An attempt has ended.
  public void leave() {
    inside.decrementAndGet();
  }

  /// Attempts under way.
  public int inside() {
    return inside.get();
  }
}
