package dev.concordat.events.sagas;

import com.google.protobuf.ByteString;
import dev.concordat.core.Backoff;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/// Tries a step again while its failure may pass and its budget lasts. The wait is longer than a
/// call's own between its tries, so that both together make no storm.
final class StepTries {
  private static final Backoff BETWEEN = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(2));

  private StepTries() {}

  /// Does it in this context, whose deadline is the budget.
  ///
  /// @param fresh the context for one try
  /// @param mayGoOn throws when the run has ended meanwhile
  static ByteString run(
      Clock clock, Supplier<Context> fresh, Runnable mayGoOn, Callable<ByteString> code) {
    Context context = fresh.get();
    Deadline budget = context.deadline().orElseThrow();
    for (int tries = 1; ; tries++) {
      Failure failure;
      try {
        return context.call(code::call);
      } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
        mayGoOn.run();
        failure = e instanceof Failure f ? f : RecordedFailure.of(e);
      }
      Duration delay = BETWEEN.after(tries, ThreadLocalRandom.current());
      Duration asked = failure.details().retryAfter().orElse(Duration.ZERO);
      delay = delay.compareTo(asked) >= 0 ? delay : asked;
      if (!mayPass(failure.code()) || delay.compareTo(budget.remaining()) >= 0) {
        throw failure;
      }
      context
          .observation()
          .event("concordat.retry", Map.of("after", failure.code().name(), "wait", delay + ""));
      sleep(clock, delay, mayGoOn);
      context = fresh.get();
    }
  }

  static boolean mayPass(Code code) {
    return switch (code) {
      case UNAVAILABLE, ABORTED, RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED -> true;
      case CANCELLED,
          UNKNOWN,
          INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          PERMISSION_DENIED,
          FAILED_PRECONDITION,
          OUT_OF_RANGE,
          UNIMPLEMENTED,
          INTERNAL,
          DATA_LOSS,
          UNAUTHENTICATED ->
          false;
    };
  }

  private static void sleep(Clock clock, Duration delay, Runnable mayGoOn) {
    try {
      clock.sleep(delay);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      mayGoOn.run();
      throw Failure.of(Code.CANCELLED, "interrupted between two tries of a step", e);
    }
  }
}
