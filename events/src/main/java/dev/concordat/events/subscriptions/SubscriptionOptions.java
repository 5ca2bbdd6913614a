package dev.concordat.events.subscriptions;

import dev.concordat.core.Backoff;
import java.time.Duration;

/// How a subscription handles its messages.
///
/// @param start where a new subscription begins; default the oldest message of the log
/// @param parallel handlers at once, per process; default 8
/// @param buffer messages fetched and not yet handled, per process; default 256
/// @param budget how long one try may take, which is the handler's deadline; default 30 s
/// @param attempts tries before a message becomes a dead letter; default 12
/// @param backoff wait after a failed try; default 1 s up to 10 min, full jitter
public record SubscriptionOptions(
    Start start, int parallel, int buffer, Duration budget, int attempts, Backoff backoff) {
  /// The defaults named above.
  public static final SubscriptionOptions DEFAULT =
      new SubscriptionOptions(
          Start.beginning(),
          8,
          256,
          Duration.ofSeconds(30),
          12,
          new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(10)));

  /// Checks the bounds.
  public SubscriptionOptions {
    if (parallel < 1 || buffer < parallel || attempts < 1 || !budget.isPositive()) {
      throw new IllegalArgumentException(
          "a subscription needs parallel >= 1, buffer >= parallel, attempts >= 1, budget > 0");
    }
  }

  /// The same beginning elsewhere.
  public SubscriptionOptions withStart(Start start) {
    return new SubscriptionOptions(start, parallel, buffer, budget, attempts, backoff);
  }

  /// The same with another number of handlers at once.
  public SubscriptionOptions withParallel(int parallel) {
    return new SubscriptionOptions(
        start, parallel, Math.max(buffer, parallel), budget, attempts, backoff);
  }

  /// The same with another time for one try.
  public SubscriptionOptions withBudget(Duration budget) {
    return new SubscriptionOptions(start, parallel, buffer, budget, attempts, backoff);
  }

  /// The same with another number of tries.
  public SubscriptionOptions withAttempts(int attempts) {
    return new SubscriptionOptions(start, parallel, buffer, budget, attempts, backoff);
  }

  /// The same with another wait.
  public SubscriptionOptions withBackoff(Backoff backoff) {
    return new SubscriptionOptions(start, parallel, buffer, budget, attempts, backoff);
  }
}
