package dev.concordat.events.sagas;

import dev.concordat.core.Backoff;
import dev.concordat.core.Code;
import java.time.Duration;
import java.util.Set;

/// How a step is tried again when it fails, all within its budget ([Saga#within]).
///
/// @param attempts tries at most; default as many as the budget holds
/// @param attemptTimeout how long one try may take; default as long as the budget
/// @param backoff wait between two tries, full jitter, or what the failure's `retryAfter` asks for
///   when that is longer; default 200 ms up to 2 s
/// @param codes that may pass; default `UNAVAILABLE`, `ABORTED`, `RESOURCE_EXHAUSTED`,
///   `DEADLINE_EXCEEDED`
public record StepRetry(int attempts, Duration attemptTimeout, Backoff backoff, Set<Code> codes) {
  private static final Duration AS_LONG_AS_IT_MAY = Duration.ofDays(365);

  /// The defaults named above. The wait is longer than a call's own between its tries, so that both
  /// together make no storm.
  public static final StepRetry DEFAULT =
      new StepRetry(
          Integer.MAX_VALUE,
          AS_LONG_AS_IT_MAY,
          new Backoff(Duration.ofMillis(200), Duration.ofSeconds(2)),
          Set.of(Code.UNAVAILABLE, Code.ABORTED, Code.RESOURCE_EXHAUSTED, Code.DEADLINE_EXCEEDED));

  /// One try.
  public static final StepRetry NEVER = DEFAULT.withAttempts(1);

  /// Checks the bounds.
  public StepRetry {
    if (attempts < 1 || !attemptTimeout.isPositive()) {
      throw new IllegalArgumentException(
          "a step has one attempt or more, each with more than no time; got "
              + attempts
              + " and "
              + attemptTimeout);
    }
    codes = Set.copyOf(codes);
  }

  /// The same with another number of tries.
  public StepRetry withAttempts(int attempts) {
    return new StepRetry(attempts, attemptTimeout, backoff, codes);
  }

  /// The same with another time for one try.
  public StepRetry withAttemptTimeout(Duration attemptTimeout) {
    return new StepRetry(attempts, attemptTimeout, backoff, codes);
  }

  /// The same with another wait between two tries.
  public StepRetry withBackoff(Backoff backoff) {
    return new StepRetry(attempts, attemptTimeout, backoff, codes);
  }

  /// The same for other failures.
  public StepRetry withCodes(Set<Code> codes) {
    return new StepRetry(attempts, attemptTimeout, backoff, codes);
  }
}
