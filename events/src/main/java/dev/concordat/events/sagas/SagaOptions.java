package dev.concordat.events.sagas;

import dev.concordat.core.Backoff;
import java.time.Duration;

/// How sagas of one type run.
///
/// @param stepBudget how long a step may take with all its tries; default 5 s
/// @param timeout how long a saga may go forward; then it fails with `DEADLINE_EXCEEDED` and undoes
///   what it did, which takes as long as it takes; default 1 h
/// @param undoBudget how long one try of an undo may take; default 5 s
/// @param undoBackoff wait after a failed undo, full jitter, without a limit of tries; default 100
///   ms up to 30 s
/// @param retention how long a finished saga stays readable; default 7 days
public record SagaOptions(
    Duration stepBudget,
    Duration timeout,
    Duration undoBudget,
    Backoff undoBackoff,
    Duration retention) {
  /// The defaults named above.
  public static final SagaOptions DEFAULT =
      new SagaOptions(
          Duration.ofSeconds(5),
          Duration.ofHours(1),
          Duration.ofSeconds(5),
          new Backoff(Duration.ofMillis(100), Duration.ofSeconds(30)),
          Duration.ofDays(7));

  /// Checks the bounds.
  public SagaOptions {
    if (!stepBudget.isPositive() || !timeout.isPositive() || !undoBudget.isPositive()) {
      throw new IllegalArgumentException("a saga's times must be more than zero");
    }
  }

  /// The same with another time for a step.
  public SagaOptions withStepBudget(Duration stepBudget) {
    return new SagaOptions(stepBudget, timeout, undoBudget, undoBackoff, retention);
  }

  /// The same with another time for the whole.
  public SagaOptions withTimeout(Duration timeout) {
    return new SagaOptions(stepBudget, timeout, undoBudget, undoBackoff, retention);
  }

  /// The same with another time for one try of an undo.
  public SagaOptions withUndoBudget(Duration undoBudget) {
    return new SagaOptions(stepBudget, timeout, undoBudget, undoBackoff, retention);
  }

  /// The same with another wait after a failed undo.
  public SagaOptions withUndoBackoff(Backoff undoBackoff) {
    return new SagaOptions(stepBudget, timeout, undoBudget, undoBackoff, retention);
  }

  /// The same with another retention.
  public SagaOptions withRetention(Duration retention) {
    return new SagaOptions(stepBudget, timeout, undoBudget, undoBackoff, retention);
  }
}
