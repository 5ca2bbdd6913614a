package dev.concordat.events.sagas;

import com.google.protobuf.ByteString;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.events.Dead;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/// Tries a step again while its failure may pass and its budget lasts.
final class StepTries {
  private final Clock clock;
  private final StepRetry retry;
  private final Runnable mayGoOn;

  /// @param mayGoOn throws when the run has ended meanwhile
  StepTries(Clock clock, StepRetry retry, Runnable mayGoOn) {
    this.clock = clock;
    this.retry = retry;
    this.mayGoOn = mayGoOn;
  }

  /// Does it in this context, whose deadline is the budget.
  ///
  /// @param fresh the context for one try
  ByteString run(Supplier<Context> fresh, Callable<ByteString> code) {
    for (int tries = 1; ; tries++) {
      Context context = fresh.get();
      Deadline budget = context.deadline().orElseThrow();
      Deadline mine = Deadline.after(retry.attemptTimeout(), clock);
      Failure failure;
      boolean last = tries >= retry.attempts();
      try {
        return context.withDeadline(mine.earlier(budget)).call(code::call);
      } catch (Dead e) {
        mayGoOn.run();
        throw Failure.of(Code.FAILED_PRECONDITION, String.valueOf(e.getMessage()), e);
      } catch (SagaInterrupted e) {
        throw e;
      } catch (Throwable e) {
        mayGoOn.run();
        failure = e instanceof Failure f ? f : RecordedFailure.of(e);
      }
      Duration delay = retry.backoff().after(tries, ThreadLocalRandom.current());
      Duration asked = failure.details().retryAfter().orElse(Duration.ZERO);
      delay = delay.compareTo(asked) >= 0 ? delay : asked;
      boolean mayPass = retry.codes().contains(failure.code());
      if (last || !mayPass || delay.compareTo(budget.remaining()) >= 0) {
        throw failure;
      }
      context
          .observation()
          .event("concordat.retry", Map.of("after", failure.code().name(), "wait", delay + ""));
      sleep(delay);
    }
  }

  private void sleep(Duration delay) {
    try {
      clock.sleep(delay);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      mayGoOn.run();
      throw Failure.of(Code.CANCELLED, "interrupted between two tries of a step", e);
    }
  }
}
