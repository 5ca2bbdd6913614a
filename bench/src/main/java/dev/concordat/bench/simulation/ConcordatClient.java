package dev.concordat.bench.simulation;

import dev.concordat.calls.balance.Balancer;
import dev.concordat.calls.balance.Balancing;
import dev.concordat.calls.balance.Instance;
import dev.concordat.calls.balance.Outcome;
import dev.concordat.calls.balance.Visit;
import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.protect.Breaking;
import dev.concordat.calls.retry.Retries;
import dev.concordat.calls.retry.RetryBudget;
import dev.concordat.calls.retry.RetryDecision;
import dev.concordat.calls.wire.Reach;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A client of Concordat: production's decisions; only the waiting is simulated.
///
/// Threads: one.
final class ConcordatClient implements Service {
  private static final long MARGIN = 5 * Timeline.MILLISECOND;

  private static final Answer NO_INSTANCE =
      new Answer(
          Reach.NOWHERE,
          Failure.of(Code.UNAVAILABLE, "no instance is known")
              .with(Failure.Details.NONE.withSettled(true)));

  private final Timeline timeline;
  private final RandomGenerator random;
  private final Retries retries = Retries.DEFAULT;
  private final RetryBudget budget;
  private final Balancer<Server> balancer;
  private final Runnable refresh;

  ConcordatClient(World world, String name, Fleet fleet) {
    this.timeline = world.timeline();
    this.random = world.random("client " + name);
    this.budget = new RetryBudget(retries, timeline);
    this.balancer = new Balancer<>(Balancing.DEFAULT, Breaking.DEFAULT, timeline, random);
    this.refresh = fleet.watch(name, this::become);
  }

  private void become(List<Server> servers) {
    Map<Endpoint, Server> byEndpoint = new HashMap<>();
    servers.forEach(server -> byEndpoint.put(server.endpoint(), server));
    balancer.become(
        servers.stream().map(Server::endpoint).toList(),
        endpoint -> Objects.requireNonNull(byEndpoint.get(endpoint)));
  }

  @Override
  public void ask(Ask ask, Consumer<Answer> done) {
    budget.call();
    long left = ask.deadline() - timeline.nanos();
    Call call = new Call(ask, ask.deadline() - Math.min(MARGIN, left / 20), done);
    timeline.at(call.deadline, call::expire);
    ask.whenOver(call::abandon);
    call.attempt();
  }

  private final class Call {
    private final Ask ask;
    private final long deadline;
    private final Consumer<Answer> done;
    private final Set<Instance<Server>> tried = new HashSet<>();
    private int tries;
    private boolean over;
    private @Nullable Ask current;

    Call(Ask ask, long deadline, Consumer<Answer> done) {
      this.ask = ask;
      this.deadline = deadline;
      this.done = done;
    }

    void attempt() {
      if (over) {
        return;
      }
      tries++;
      Optional<Instance<Server>> picked = balancer.pick(false, tried::contains);
      if (picked.isEmpty()) {
        failed(NO_INSTANCE);
        return;
      }
      Instance<Server> instance = picked.get();
      Ask attempt = ask.with(deadline, tries == 1 ? ask.priority() : ask.priority().lower());
      Visit visit = instance.begin(false);
      current = attempt;
      attempt.whenOver(
          () -> visit.end(timeline.nanos() >= deadline ? Outcome.LATE : Outcome.ABANDONED));
      instance
          .connection()
          .ask(
              attempt,
              answer -> {
                if (!attempt.over()) {
                  visit.end(Outcome.of(answer.reach(), answer.failure()));
                  answered(answer, instance);
                }
              });
    }

    private void answered(Answer answer, Instance<Server> instance) {
      if (answer.ok()) {
        end(answer);
        return;
      }
      if (answer.reach() == Reach.NOWHERE) {
        refresh.run();
      }
      tried.add(instance);
      failed(answer);
    }

    private void failed(Answer answer) {
      Failure failure = Objects.requireNonNull(answer.failure());
      var attempt =
          new RetryDecision.Attempt(
              failure,
              tries,
              answer.reach(),
              ask.repeatable(),
              Duration.ofNanos(deadline - timeline.nanos()));
      switch (RetryDecision.after(attempt, retries, budget::take, random)) {
        case RetryDecision.GiveUp(Failure told) -> end(new Answer(answer.reach(), told));
        case RetryDecision.Again(Duration pause) -> timeline.after(pause.toNanos(), this::attempt);
      }
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
