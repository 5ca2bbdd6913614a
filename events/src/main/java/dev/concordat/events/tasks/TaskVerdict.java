package dev.concordat.events.tasks;

import dev.concordat.contract.Queue;
import dev.concordat.core.Failure;
import dev.concordat.events.Dead;
import dev.concordat.events.Retry;
import dev.concordat.events.deadletters.DeadLetter;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// What becomes of a task after an attempt.
sealed interface TaskVerdict {
  /// It waits this long and is tried again.
  record Again(Duration delay, String error) implements TaskVerdict {}

  /// It is given up on and becomes a dead letter.
  record Bury(DeadLetter.Cause cause, String error) implements TaskVerdict {}

  /// Decides after an attempt that failed.
  ///
  /// @param attempt which one failed, from 1
  static TaskVerdict of(Throwable failure, int attempt, Queue<?> queue, RandomGenerator random) {
    String error = describe(failure);
    if (failure instanceof Dead dead) {
      return new Bury(DeadLetter.Cause.of(describe(dead), dead), error);
    }
    if (attempt >= queue.attempts()) {
      return new Bury(
          DeadLetter.Cause.of("gave up after " + attempt + " attempts: " + error, failure), error);
    }
    if (failure instanceof Retry retry) {
      return new Again(retry.delay(), error);
    }
    Duration wait = queue.backoff().after(attempt, random);
    return new Again(longer(wait, asked(failure)), error);
  }

  /// The error in one line, without a stack trace.
  static String describe(Throwable failure) {
    String message = Optional.ofNullable(failure.getMessage()).orElse("");
    String text =
        switch (failure) {
          case Failure f -> f.code() + ": " + f.message();
          case Dead dead -> message;
          case Retry retry -> message;
          default -> failure.getClass().getSimpleName() + ": " + message;
        };
    String oneLine = text.replaceAll("[\\r\\n\\x00]+", " ");
    return oneLine.length() <= 500 ? oneLine : oneLine.substring(0, 500);
  }

  private static Duration asked(Throwable failure) {
    return failure instanceof Failure f
        ? f.details().retryAfter().orElse(Duration.ZERO)
        : Duration.ZERO;
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) >= 0 ? a : b;
  }
}
