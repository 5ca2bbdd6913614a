package dev.concordat.events.subscriptions;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.Dead;
import dev.concordat.events.Pause;
import dev.concordat.events.Retry;
import dev.concordat.events.deadletters.DeadLetter;
import dev.concordat.events.store.Errors;
import dev.concordat.events.store.SqlFailures;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// What becomes of a message whose handler failed.
sealed interface Verdict {
  /// Its key is parked, and it is tried again after this time.
  record Again(Duration delay, String error) implements Verdict {}

  /// It becomes a dead letter.
  ///
  /// @param chosen whether the handler has said so: then its key goes on
  record Bury(DeadLetter.Cause cause, String error, boolean chosen) implements Verdict {}

  /// Nothing is wrong with the message: everything waits, and this try does not count.
  record Wait(Optional<Duration> atLeast, String error, Throwable failure) implements Verdict {}

  /// Decides.
  ///
  /// @param tries how often the message has been tried, with this one
  static Verdict of(
      Throwable failure, int tries, SubscriptionOptions options, RandomGenerator random) {
    String error = Errors.text(failure);
    return switch (failure) {
      case Dead dead ->
          new Bury(DeadLetter.Cause.of(String.valueOf(dead.getMessage()), dead), error, true);
      case Pause pause -> new Wait(Optional.empty(), String.valueOf(pause.getMessage()), pause);
      case Retry retry -> again(retry.delay(), retry, tries, options);
      case Failure f when isDown(f.code()) -> new Wait(f.details().retryAfter(), error, f);
      case SQLException e when isDown(SqlFailures.code(e)) -> new Wait(Optional.empty(), error, e);
      default -> again(options.retries().backoff().after(tries, random), failure, tries, options);
    };
  }

  /// Others got on while this message waited, again and again: so it is the message after all.
  static Verdict alone(Wait wait, int tries, SubscriptionOptions options, RandomGenerator random) {
    return again(options.retries().backoff().after(tries, random), wait.failure(), tries, options);
  }

  private static Verdict again(
      Duration wait, Throwable failure, int tries, SubscriptionOptions options) {
    String error = Errors.text(failure);
    return tries >= options.retries().attempts()
        ? new Bury(
            DeadLetter.Cause.of("failed " + tries + " times, at last with " + error, failure),
            error,
            false)
        : new Again(wait, error);
  }

  private static boolean isDown(Code code) {
    return code == Code.UNAVAILABLE || code == Code.RESOURCE_EXHAUSTED;
  }
}
