package dev.concordat.bench.simulation;

import dev.concordat.calls.wire.Reach;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.retry.Retry;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Round robin, and Resilience4j's own `Retry` and `CircuitBreaker` with their defaults on virtual
/// time, in the order of its Spring aspects: retry around breaker around time limit. Three attempts
/// half a second apart whatever failed; one breaker for the service, which opens at 50 % of 100
/// calls for a minute; one second for each attempt (the default of its `TimeLimiter`).
///
/// Threads: one.
final class SpringClient implements Service {
  private static final long TIME_LIMIT = Timeline.SECOND;

  private final Timeline timeline;
  private final CircuitBreaker breaker;
  private final Retry retry = Retry.ofDefaults("retry");
  private List<Server> instances = List.of();
  private int turn;

  SpringClient(World world, String name, Fleet fleet) {
    this.timeline = world.timeline();
    this.breaker =
        CircuitBreaker.of(
            name,
            CircuitBreakerConfig.custom()
                .clock(new JavaClock(timeline))
                .currentTimestampFunction(clock -> timeline.nanos(), TimeUnit.NANOSECONDS)
                .build());
    fleet.watch(name, all -> instances = all);
  }

  @Override
  public void ask(Ask ask, Consumer<Answer> done) {
    new Call(ask, done).attempt();
  }

  private final class Call {
    private final Ask ask;
    private final Consumer<Answer> done;
    private final Retry.AsyncContext<Answer> tries = retry.asyncContext();

    Call(Ask ask, Consumer<Answer> done) {
      this.ask = ask;
      this.done = done;
    }

    void attempt() {
      if (!breaker.tryAcquirePermission()) {
        failed(CallNotPermittedException.createCallNotPermittedException(breaker), Answer.REFUSED);
        return;
      }
      long begun = timeline.nanos();
      Ask attempt = ask.with(Long.MAX_VALUE, ask.priority());
      Consumer<Answer> once =
          answer -> {
            if (!attempt.over()) {
              attempt.cancel();
              ended(answer, timeline.nanos() - begun);
            }
          };
      timeline.after(TIME_LIMIT, () -> once.accept(Answer.LATE));
      if (instances.isEmpty()) {
        once.accept(Answer.REFUSED);
      } else {
        turn = (turn + 1) % instances.size();
        instances.get(turn).ask(attempt, once);
      }
    }

    private void ended(Answer answer, long took) {
      Failure failure = answer.failure();
      if (failure == null) {
        breaker.onSuccess(took, TimeUnit.NANOSECONDS);
        tries.onComplete();
        done.accept(answer);
      } else {
        breaker.onError(took, TimeUnit.NANOSECONDS, failure);
        failed(failure, answer);
      }
    }

    private void failed(Throwable failure, Answer answer) {
      long wait = tries.onError(failure);
      if (wait < 0) {
        done.accept(
            new Answer(
                answer.ok() ? Reach.DOOR : Reach.HANDLER,
                Failure.of(Code.UNAVAILABLE, "500 Internal Server Error")));
      } else {
        timeline.after(wait * Timeline.MILLISECOND, this::attempt);
      }
    }
  }

  /// Virtual time as `java.time` wants it.
  private static final class JavaClock extends Clock {
    private final Timeline timeline;

    JavaClock(Timeline timeline) {
      this.timeline = timeline;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return timeline.now();
    }
  }
}
