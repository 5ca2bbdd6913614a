package dev.concordat.bench.simulation;

import dev.concordat.calls.wire.Reach;
import dev.concordat.core.Code;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A model of a grpc-java channel, written after its source: the real classes are bound to real
/// channels. `RetriableStream`: 4 attempts, 100 ms doubling to 1 s with full jitter, on
/// `UNAVAILABLE`; `retryThrottling` of 10 tokens, 0.1 back for each success, no retry at half or
/// less; a call that was not begun goes elsewhere once, free. Where it is in doubt the model is
/// kind: a channel knows at once which of its connections stand, and tries those again at once that
/// are back.
///
/// Threads: one.
final class GrpcClient implements Service {
  private static final int ATTEMPTS = 4;
  private static final long FIRST_BACKOFF = 100 * Timeline.MILLISECOND;
  private static final long LAST_BACKOFF = Timeline.SECOND;
  private static final double TOKENS = 10;
  private static final double TOKEN_RATIO = 0.1;

  private final Timeline timeline;
  private final RandomGenerator random;
  private final boolean leastRequest;
  private final GrpcOutliers outliers;
  private final Map<Server, Integer> outstanding = new HashMap<>();
  private List<Server> instances = List.of();
  private double tokens = TOKENS;
  private int turn;

  GrpcClient(World world, String name, Fleet fleet, boolean leastRequest) {
    this.timeline = world.timeline();
    this.random = world.random("client " + name);
    this.leastRequest = leastRequest;
    this.outliers = new GrpcOutliers(timeline);
    fleet.watch(
        name,
        all -> {
          instances = all;
          outliers.track(all);
        });
  }

  @Override
  public void ask(Ask ask, Consumer<Answer> done) {
    Call call = new Call(ask, done);
    timeline.at(ask.deadline(), call::expire);
    ask.whenOver(call::abandon);
    call.attempt();
  }

  private @Nullable Server pick() {
    List<Server> ready = new ArrayList<>();
    for (Server instance : instances) {
      if (instance.connected() && !outliers.ejected(instance)) {
        ready.add(instance);
      }
    }
    if (ready.isEmpty()) {
      return null;
    }
    if (!leastRequest) {
      turn = (turn + 1) % ready.size();
      return ready.get(turn);
    }
    Server one = ready.get(random.nextInt(ready.size()));
    Server other = ready.get(random.nextInt(ready.size()));
    return outstanding.getOrDefault(other, 0) < outstanding.getOrDefault(one, 0) ? other : one;
  }

  private final class Call {
    private final Ask ask;
    private final Consumer<Answer> done;
    private int attempts;
    private boolean sentElsewhere;
    private long backoff = FIRST_BACKOFF;
    private boolean over;
    private @Nullable Ask current;

    Call(Ask ask, Consumer<Answer> done) {
      this.ask = ask;
      this.done = done;
    }

    void attempt() {
      attempts++;
      send();
    }

    private void send() {
      if (over) {
        return;
      }
      Server instance = pick();
      if (instance == null) {
        failed(Answer.REFUSED);
        return;
      }
      Ask attempt = ask.with(ask.deadline(), ask.priority());
      boolean[] counted = {false};
      Consumer<Boolean> ended =
          ok -> {
            if (!counted[0]) {
              counted[0] = true;
              outstanding.merge(instance, -1, Integer::sum);
              outliers.count(instance, ok);
            }
          };
      outstanding.merge(instance, 1, Integer::sum);
      current = attempt;
      attempt.whenOver(() -> ended.accept(false));
      instance.ask(
          attempt,
          answer -> {
            if (attempt.over()) {
              return;
            }
            ended.accept(answer.ok());
            answered(answer);
          });
    }

    private void answered(Answer answer) {
      if (answer.ok()) {
        tokens = Math.min(TOKENS, tokens + TOKEN_RATIO);
        end(answer);
      } else if (answer.reach() == Reach.NOWHERE && !sentElsewhere) {
        sentElsewhere = true;
        send();
      } else {
        failed(answer);
      }
    }

    private void failed(Answer answer) {
      var failure = answer.failure();
      boolean retryable = failure != null && failure.code() == Code.UNAVAILABLE;
      if (retryable) {
        tokens = Math.max(0, tokens - 1);
      }
      if (!retryable || attempts >= ATTEMPTS || tokens <= TOKENS / 2) {
        end(answer);
        return;
      }
      long wait = (long) (backoff * random.nextDouble());
      backoff = Math.min(2 * backoff, LAST_BACKOFF);
      timeline.after(wait, this::attempt);
    }

    private void expire() {
      if (!over) {
        abandon();
        done.accept(Answer.LATE);
      }
    }

    private void abandon() {
      over = true;
      if (current != null) {
        current.cancel();
      }
    }

    private void end(Answer answer) {
      if (!over) {
        over = true;
        done.accept(answer);
      }
    }
  }
}
