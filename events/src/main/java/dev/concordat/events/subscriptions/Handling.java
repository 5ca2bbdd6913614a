package dev.concordat.events.subscriptions;

import dev.concordat.contract.Owner;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.JdbcTransaction;
import dev.concordat.events.Parts;
import dev.concordat.events.log.Broker;
import dev.concordat.events.store.Errors;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/// Handles messages, alone or several in one transaction, until they are settled, and does with
/// those that fail what the verdict says. Runs in the lanes of the messages' keys.
final class Handling<O extends Owner> implements Lanes.Crew {
  /// Whoever fails alone this often, while others get on, is not waiting for something that is
  /// down.
  private static final int ALONE = 3;

  private final Parts parts;
  private final Subscription.Spec<O> spec;
  private final Desk desk;
  private final Gate gate;
  private final Parked parked;
  private final Surroundings surroundings;
  private final Together<O> together;
  private final Settlement settlement;
  private final Effects<O> effects;

  Handling(Parts parts, Subscription.Spec<O> spec, Desk desk, JdbcTransaction.Enqueuer enqueuer) {
    this.parts = parts;
    this.spec = spec;
    this.desk = desk;
    this.gate = desk.gate;
    this.parked = new Parked(desk.subscription);
    this.surroundings = new Surroundings(parts, spec, gate);
    this.together = new Together<>(parts, spec, desk, enqueuer, surroundings);
    this.settlement = new Settlement(parts, spec, desk);
    this.effects =
        new Effects<>(parts, spec, desk, enqueuer, surroundings, settlement, together.pace());
  }

  /// What the lanes of one subscription share.
  ///
  /// @param pausedKeys whose messages are parked
  /// @param paused runs when the subscription has paused itself
  record Desk(int subscription, Gate gate, Inbox inbox, Set<String> pausedKeys, Runnable paused) {}

  /// Something to try until it works or a verdict settles it.
  private interface Try {
    /// Tries, and says whether there is nothing left to do.
    boolean run(Run run) throws Exception;

    /// Does what the verdict says, and says whether there is nothing left to do.
    boolean failed(Verdict verdict);

    int tries();
  }

  @Override
  public int size() {
    return spec.handler() instanceof Handler.Many<O>
        ? spec.options().together().messages()
        : together.pace().size();
  }

  @Override
  public int handful() {
    return spec.handler() instanceof Handler.One<O> ? together.pace().handful() : 1;
  }

  @Override
  public long patienceMillis() {
    return spec.handler() instanceof Handler.Many<O>
        ? spec.options().together().time().toMillis()
        : 0;
  }

  @Override
  public boolean joins(Job first, Job job) {
    return !gate.shut() && together.joins(first, job);
  }

  @Override
  public int together(Run run, List<Job> jobs) {
    if (gate.ended() || jobs.stream().anyMatch(job -> job.partition().lost())) {
      // What came before of the same keys was left to whoever comes next: so is this.
      return 0;
    }
    List<Job.Fresh> fresh =
        jobs.stream().filter(Job.Fresh.class::isInstance).map(Job.Fresh.class::cast).toList();
    int done = together.run(run, fresh);
    if (done > 0) {
      gate.worked();
      fresh.subList(0, done).forEach(job -> job.partition().progress().end(job.entry()));
    }
    return done;
  }

  @Override
  public void alone(Run run, Job job) {
    switch (job) {
      case Job.Fresh fresh -> {
        if (untilSettled(run, fresh.partition(), fresh(fresh))) {
          fresh.partition().progress().end(fresh.entry());
        }
        together.pace().alone();
      }
      case Job.Again again -> again(run, again.partition(), again.key());
    }
  }

  @Override
  public void leftBehind(Job job) {
    // Perhaps it was the one that tries for all, and it will not say how that went.
    gate.settled();
    surroundings.count("LeftBehind");
    Failure failure =
        Failure.of(
            Code.DEADLINE_EXCEEDED,
            "the handler did not return within its budget of "
                + spec.options().budget()
                + ", nor when it was interrupted");
    try {
      switch (job) {
        case Job.Fresh fresh -> {
          if (settledAtLast(fresh.partition(), fresh(fresh), failure)) {
            fresh.partition().progress().end(fresh.entry());
          }
        }
        case Job.Again again -> {
          var first =
              parts.database().read(c -> parked.first(c, again.partition().number(), again.key()));
          if (first.isPresent()) {
            settledAtLast(again.partition(), retry(again.partition(), first.get()), failure);
          }
          again.partition().retrying().remove(again.key());
        }
      }
    } finally {
      gate.settled();
    }
  }

  private boolean settledAtLast(Partition partition, Try attempt, Throwable failure) {
    Verdict verdict =
        Verdict.of(failure, attempt.tries(), spec.options(), ThreadLocalRandom.current());
    try {
      while (gate.pass() && !partition.lost()) {
        if (settled(attempt, verdict)) {
          return true;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  /// A message from the log.
  private Try fresh(Job.Fresh job) {
    Partition partition = job.partition();
    Broker.Logged logged = job.logged();
    return new Try() {
      @Override
      public boolean run(Run run) throws Exception {
        if (partition.parked().contains(logged.message().key())) {
          return settlement.parkBehind(partition, logged);
        }
        return effects.apply(run, partition, logged);
      }

      @Override
      public boolean failed(Verdict verdict) {
        return settlement.settle(partition, logged, verdict);
      }

      @Override
      public int tries() {
        return 1;
      }
    };
  }

  /// The messages of a parked key, as far as they are due.
  private void again(Run run, Partition partition, String key) {
    try {
      boolean more = !desk.pausedKeys.contains(key);
      while (more && !partition.lost() && !run.leftBehind()) {
        var first = parts.database().read(c -> parked.first(c, partition.number(), key));
        if (first.isEmpty()) {
          partition.parked().remove(key);
          return;
        }
        boolean due = first.get().due();
        more = due && untilSettled(run, partition, retry(partition, first.get()));
        if (!due) {
          parts.database().read(c -> parked.waitBehind(c, first.get()));
        }
      }
    } catch (Failure e) {
      // The database is down: the key is still due, and found again.
      gate.shut(Optional.empty(), Errors.text(e));
    } finally {
      if (!run.leftBehind()) {
        partition.retrying().remove(key);
      }
    }
  }

  private Try retry(Partition partition, Parked.First first) {
    return new Try() {
      @Override
      public boolean run(Run run) throws Exception {
        return effects.apply(run, partition, first);
      }

      @Override
      public boolean failed(Verdict verdict) {
        return settlement.settle(partition, first, verdict);
      }

      @Override
      public int tries() {
        return first.attempts().size() + 1;
      }
    };
  }

  private boolean untilSettled(Run run, Partition partition, Try attempt) {
    int alone = 0;
    long others = gate.successes();
    try {
      while (gate.pass() && !partition.lost()) {
        Verdict verdict = null;
        try {
          if (attempt.run(run)) {
            if (!run.leftBehind()) {
              gate.worked();
            }
            return true;
          }
        } catch (Throwable e) {
          if (gate.ended()) {
            return false;
          }
          verdict = Verdict.of(e, attempt.tries(), spec.options(), ThreadLocalRandom.current());
        }
        if (run.leftBehind()) {
          return false;
        }
        if (verdict instanceof Verdict.Wait wait) {
          // Tries between which nobody else did anything say nothing, neither way.
          alone += gate.successes() > others ? 1 : 0;
          others = gate.successes();
          verdict = alone < ALONE ? wait : alone(wait, attempt.tries());
        }
        if (verdict != null && settled(attempt, verdict)) {
          return true;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (!run.leftBehind()) {
        gate.settled();
      }
    }
    return false;
  }

  private Verdict alone(Verdict.Wait wait, int tries) {
    return Verdict.alone(wait, tries, spec.options(), ThreadLocalRandom.current());
  }

  private boolean settled(Try attempt, Verdict verdict) {
    surroundings.count(verdict.getClass().getSimpleName());
    if (verdict instanceof Verdict.Wait wait) {
      gate.shut(wait.atLeast(), wait.error());
      return false;
    }
    try {
      return attempt.failed(verdict);
    } catch (RuntimeException e) {
      // The verdict could not be written: the database is down. The message is tried anew.
      gate.shut(Optional.empty(), Errors.text(e));
      return false;
    }
  }
}
