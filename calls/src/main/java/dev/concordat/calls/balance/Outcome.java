package dev.concordat.calls.balance;

import dev.concordat.calls.wire.Reach;
import dev.concordat.core.Failure;
import org.jspecify.annotations.Nullable;

/// What the end of an attempt says about the instance, and not about the request.
public enum Outcome {
  /// It answered; also with a failure that the request deserved.
  ANSWERED,
  /// It failed at its work: `UNAVAILABLE`, `INTERNAL`, `UNKNOWN`, `DATA_LOSS`.
  FAILED,
  /// It did not answer in time. Counts as a failure only when it had time enough.
  LATE,
  /// It is busy and said so: it gets fewer calls and is not left alone for it.
  REFUSED,
  /// The caller went away first.
  ABANDONED,
  /// Nobody was there, or nobody that takes new work.
  UNREACHABLE;

  /// What an end means.
  ///
  /// @param reach how far the attempt came
  /// @param failure null when it went well
  public static Outcome of(Reach reach, @Nullable Failure failure) {
    if (failure == null) {
      return ANSWERED;
    }
    return switch (failure.code()) {
      case UNAVAILABLE -> gone(reach, failure) ? UNREACHABLE : FAILED;
      case INTERNAL, UNKNOWN, DATA_LOSS -> FAILED;
      case DEADLINE_EXCEEDED -> LATE;
      case CANCELLED -> ABANDONED;
      case RESOURCE_EXHAUSTED -> overloaded(reach, failure) ? REFUSED : ANSWERED;
      case INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          PERMISSION_DENIED,
          FAILED_PRECONDITION,
          ABORTED,
          OUT_OF_RANGE,
          UNIMPLEMENTED,
          UNAUTHENTICATED ->
          ANSWERED;
    };
  }

  private static boolean gone(Reach reach, Failure failure) {
    return reach == Reach.NOWHERE || failure.details().reason().equals("STOPPING");
  }

  private static boolean overloaded(Reach reach, Failure failure) {
    return reach == Reach.DOOR || failure.details().retryAfter().isPresent();
  }
}
