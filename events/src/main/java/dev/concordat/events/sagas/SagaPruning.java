package dev.concordat.events.sagas;

import dev.concordat.events.Parts;
import java.time.Duration;
import java.util.Collection;

/// Forgets sagas that finished long ago, and events that no saga can hear any more: every minute,
/// at once when there is more than one turn takes.
final class SagaPruning {
  private static final Duration BETWEEN = Duration.ofMinutes(1);

  private final Parts parts;
  private long prunedAt;

  SagaPruning(Parts parts) {
    this.parts = parts;
    this.prunedAt = parts.clock().nanos() - BETWEEN.toNanos();
  }

  void prune(Collection<? extends SagaRunner.Definition<?, ?, ?>> types) {
    long now = parts.clock().nanos();
    if (now - prunedAt < BETWEEN.toNanos()) {
      return;
    }
    boolean more = parts.database().transact(SagaWaits::prune) == SagaWaits.AT_ONCE;
    for (SagaRunner.Definition<?, ?, ?> type : types) {
      Duration retention = type.options().retention();
      int gone = parts.database().transact(c -> SagaClaims.prune(c, type.name(), retention));
      more |= gone == SagaClaims.AT_ONCE;
    }
    prunedAt = more ? now - BETWEEN.toNanos() : now;
  }
}
