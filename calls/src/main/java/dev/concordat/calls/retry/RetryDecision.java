package dev.concordat.calls.retry;

import dev.concordat.calls.wire.Reach;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/// What becomes of a failed attempt.
public sealed interface RetryDecision {
  /// Try again after this wait.
  record Again(Duration pause) implements RetryDecision {}

  /// Tell the caller.
  record GiveUp(Failure failure) implements RetryDecision {}

  /// One attempt that has failed.
  ///
  /// @param failure how
  /// @param tries attempts made, this one included
  /// @param reach how far it has come
  /// @param repeatable whether the callee may do the work twice without harm
  /// @param left time until the deadline
  record Attempt(Failure failure, int tries, Reach reach, boolean repeatable, Duration left) {}

  /// Attempts that reached nobody add no load to the target, so they are free and there may be more
  /// of them: enough to get past the dead half of a fleet that is being replaced.
  int TRIES_TO_REACH = 6;

  /// When a target cannot be reached: how soon trying again makes sense.
  Duration COME_BACK = Duration.ofSeconds(1);

  /// Decides.
  ///
  /// @param budget takes one retry out of the target's budget, or says no
  static RetryDecision after(
      Attempt attempt, Retries retries, BooleanSupplier budget, RandomGenerator random) {
    Failure failure = attempt.failure();
    if (!mayHelp(failure)) {
      return new GiveUp(failure);
    }
    boolean nobodyThere = attempt.reach() == Reach.NOWHERE;
    if (attempt.reach() == Reach.HANDLER && !attempt.repeatable()) {
      return new GiveUp(counted(attempt, false));
    }
    int most = nobodyThere ? Math.max(retries.attempts(), TRIES_TO_REACH) : retries.attempts();
    if (retries.attempts() == 1 || attempt.tries() >= most) {
      return new GiveUp(counted(attempt, true));
    }
    Duration wait =
        failure
            .details()
            .retryAfter()
            .filter(Duration::isPositive)
            .orElseGet(() -> retries.backoff().after(attempt.tries(), random));
    if (wait.compareTo(attempt.left()) >= 0) {
      return new GiveUp(counted(attempt, true));
    }
    if (!nobodyThere && !budget.getAsBoolean()) {
      return new GiveUp(decidedBy(counted(attempt, true), "retry-budget"));
    }
    return new Again(wait);
  }

  /// Whether another instance is asked although the first one may still answer. Takes one attempt
  /// and one retry out of the budget.
  ///
  /// @param tries attempts made so far
  /// @param left time until the deadline
  static boolean hedges(int tries, Retries retries, Duration left, BooleanSupplier budget) {
    return tries < retries.attempts() && left.isPositive() && budget.getAsBoolean();
  }

  /// Whether trying again may help: the target was not available, or refused with a time to come
  /// back, and nobody further down has tried already.
  static boolean mayHelp(Failure failure) {
    return passing(failure) && !failure.details().settled();
  }

  /// A refusal with a time to come back is as good as "unavailable".
  private static boolean passing(Failure failure) {
    return failure.code() == Code.UNAVAILABLE
        || (failure.code() == Code.RESOURCE_EXHAUSTED
            && failure.details().retryAfter().isPresent());
  }

  /// Settled: whoever is above us must not spend tries on it once more.
  private static Failure counted(Attempt attempt, boolean settled) {
    Failure.Details details =
        attempt.failure().details().withAttempts(attempt.tries()).withSettled(settled);
    if (details.retryAfter().isEmpty() && attempt.failure().code() == Code.UNAVAILABLE) {
      details = details.withRetryAfter(COME_BACK);
    }
    return attempt.failure().with(details);
  }

  private static Failure decidedBy(Failure failure, String step) {
    return failure.with(failure.details().withDecidedBy(step));
  }
}
