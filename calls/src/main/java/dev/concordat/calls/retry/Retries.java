package dev.concordat.calls.retry;

import dev.concordat.core.Backoff;
import java.time.Duration;

/// How carefully failed calls are tried again.
///
/// Source: Finagle's `RetryBudget` (20 % and 10 a second); full jitter as in [Backoff].
///
/// @param attempts tries of one call, the first included; default 3
/// @param backoff the wait between tries, never beyond the deadline; default 20 ms up to 1 s
/// @param share retries per call that a target may see, over the last 10 s; default 0.2
/// @param floor retries per second that are allowed however few calls there are, the share's among
///   them; default 10
public record Retries(int attempts, Backoff backoff, double share, int floor) {
  /// The defaults named above.
  public static final Retries DEFAULT =
      new Retries(3, new Backoff(Duration.ofMillis(20), Duration.ofSeconds(1)), 0.2, 10);

  /// Checks the bounds.
  public Retries {
    if (attempts < 1 || share < 0 || share > 1 || floor < 0) {
      throw new IllegalArgumentException(
          "retries need attempts >= 1, 0 <= share <= 1 and floor >= 0, got %d, %s and %d"
              .formatted(attempts, share, floor));
    }
  }

  /// The same with another number of tries.
  public Retries withAttempts(int attempts) {
    return new Retries(attempts, backoff, share, floor);
  }

  /// The same with another budget.
  public Retries withBudget(double share, int floor) {
    return new Retries(attempts, backoff, share, floor);
  }
}
