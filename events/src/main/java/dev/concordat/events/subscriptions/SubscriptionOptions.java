package dev.concordat.events.subscriptions;

import dev.concordat.core.Backoff;
import java.time.Duration;

/// How a subscription handles its messages.
///
/// @param start where a new subscription begins; default the oldest message of the log
/// @param parallel handlers at once, per process; default 8
/// @param buffer messages fetched and not yet handled, per process; default 256
/// @param budget how long one try may take, which is the handler's deadline; default 30 s
/// @param retries how often and when a message is tried again
/// @param giveUp what its key does when that was often enough; default [GiveUp#PARK]
/// @param together how many messages share a transaction
public record SubscriptionOptions(
    Start start,
    int parallel,
    int buffer,
    Duration budget,
    Retries retries,
    GiveUp giveUp,
    Together together) {
  /// The defaults named above.
  public static final SubscriptionOptions DEFAULT =
      new SubscriptionOptions(
          Start.beginning(),
          8,
          256,
          Duration.ofSeconds(30),
          Retries.DEFAULT,
          GiveUp.PARK,
          Together.DEFAULT);

  /// Checks the bounds.
  public SubscriptionOptions {
    if (parallel < 1 || buffer < parallel || !budget.isPositive()) {
      throw new IllegalArgumentException(
          "a subscription needs parallel >= 1, buffer >= parallel, budget > 0");
    }
  }

  /// How often and when a message is tried again.
  ///
  /// @param attempts tries before it is given up on; default 12
  /// @param backoff wait after a failed try; default 1 s up to 10 min, full jitter
  public record Retries(int attempts, Backoff backoff) {
    /// The defaults named above.
    public static final Retries DEFAULT =
        new Retries(12, new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(10)));

    /// Checks the bounds.
    public Retries {
      if (attempts < 1) {
        throw new IllegalArgumentException("a subscription needs attempts >= 1");
      }
    }
  }

  /// How many messages share one transaction. Each handler sees only its own message; when one of
  /// them fails, all are rolled back and done one by one. What a handler does outside of its
  /// transaction is then done again.
  ///
  /// For a [BatchHandler] it is the size of a batch, and how long a batch waits to be full.
  ///
  /// @param messages at most so many; 1 for each on its own; default 64
  /// @param time the transaction takes no further message after this time; default 10 ms
  public record Together(int messages, Duration time) {
    /// The defaults named above.
    public static final Together DEFAULT = new Together(64, Duration.ofMillis(10));

    /// Each message in a transaction of its own.
    public static final Together NOT = new Together(1, Duration.ofMillis(10));

    /// Checks the bounds.
    public Together {
      if (messages < 1 || time.isNegative()) {
        throw new IllegalArgumentException("together needs messages >= 1 and time >= 0");
      }
    }
  }

  /// The same beginning elsewhere.
  public SubscriptionOptions withStart(Start start) {
    return new SubscriptionOptions(start, parallel, buffer, budget, retries, giveUp, together);
  }

  /// The same with another number of handlers at once.
  public SubscriptionOptions withParallel(int parallel) {
    return new SubscriptionOptions(
        start, parallel, Math.max(buffer, parallel), budget, retries, giveUp, together);
  }

  /// The same with another number of messages fetched ahead.
  public SubscriptionOptions withBuffer(int buffer) {
    return new SubscriptionOptions(start, parallel, buffer, budget, retries, giveUp, together);
  }

  /// The same with another time for one try.
  public SubscriptionOptions withBudget(Duration budget) {
    return new SubscriptionOptions(start, parallel, buffer, budget, retries, giveUp, together);
  }

  /// The same with another number of tries.
  public SubscriptionOptions withAttempts(int attempts) {
    return withRetries(new Retries(attempts, retries.backoff));
  }

  /// The same with another wait.
  public SubscriptionOptions withBackoff(Backoff backoff) {
    return withRetries(new Retries(retries.attempts, backoff));
  }

  /// The same with other retries.
  public SubscriptionOptions withRetries(Retries retries) {
    return new SubscriptionOptions(start, parallel, buffer, budget, retries, giveUp, together);
  }

  /// The same with another end of retries.
  public SubscriptionOptions withGiveUp(GiveUp giveUp) {
    return new SubscriptionOptions(start, parallel, buffer, budget, retries, giveUp, together);
  }

  /// The same with another number of messages in one transaction.
  public SubscriptionOptions withTogether(Together together) {
    return new SubscriptionOptions(
        start, parallel, Math.max(buffer, together.messages), budget, retries, giveUp, together);
  }
}
