package dev.concordat.events.subscriptions;

import dev.concordat.contract.Owner;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.events.JdbcTransaction;
import dev.concordat.events.Parts;
import dev.concordat.events.log.Broker;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/// Handles several messages in one transaction: their marks, their effects, one commit. All are
/// done, or none is.
final class Together<O extends Owner> {
  /// A lock that is not free soon is waited for by the one message that needs it, alone.
  private static final Duration LOCK_PATIENCE = Duration.ofMillis(100);

  private final Parts parts;
  private final Subscription.Spec<O> spec;
  private final int subscription;
  private final Inbox inbox;
  private final JdbcTransaction.Enqueuer enqueuer;
  private final Surroundings surroundings;
  private final Pace pace;

  Together(
      Parts parts,
      Subscription.Spec<O> spec,
      Handling.Desk desk,
      JdbcTransaction.Enqueuer enqueuer,
      Surroundings surroundings) {
    this.parts = parts;
    this.spec = spec;
    this.subscription = desk.subscription();
    this.inbox = desk.inbox();
    this.enqueuer = enqueuer;
    this.surroundings = surroundings;
    this.pace = new Pace(spec.options().together());
  }

  Pace pace() {
    return pace;
  }

  /// Whether a message can share a transaction with others that begin with the first.
  boolean joins(Job first, Job job) {
    return !(spec.handler() instanceof Handler.Outside<O>)
        && first instanceof Job.Fresh one
        && job instanceof Job.Fresh other
        && plain(one)
        && plain(other)
        && Inbox.sameDay(one.logged(), other.logged());
  }

  private boolean plain(Job.Fresh job) {
    return !job.partition().lost()
        && !job.partition().parked().contains(job.key())
        && !Expiry.passed(job.logged().message(), parts.clock().now());
  }

  /// Handles them.
  ///
  /// @return how many, from the first on, are done; 0 for none
  int run(Run run, List<Job.Fresh> jobs) {
    int done = 0;
    try {
      inbox.prepare(jobs.getFirst().logged());
      Context context =
          Context.root().withDeadline(Deadline.after(spec.options().budget(), parts.clock()));
      done = context.call(() -> inOneTransaction(run, jobs));
    } catch (Throwable e) {
      // Each is tried alone and says for itself what is wrong.
      done = 0;
    }
    if (done == 0) {
      surroundings.count("Separated");
      pace.failed();
    } else {
      pace.worked();
    }
    return done;
  }

  private int inOneTransaction(Run run, List<Job.Fresh> jobs) throws Exception {
    try (JdbcTransaction<O> tx = JdbcTransaction.beginUnlimited(parts, enqueuer)) {
      var limits = new Inbox.Limits(spec.options().budget(), LOCK_PATIENCE);
      if (!inbox.markAll(tx.connection(), subscription, jobs, limits)) {
        return 0;
      }
      long begin = System.nanoTime();
      int handled =
          switch (spec.handler()) {
            case Handler.One<O> one -> each(run, jobs, tx, one);
            case Handler.Many<O> many -> all(run, jobs, tx, many);
            case Handler.Outside<O> _ -> 0;
          };
      pace.took(Math.max(1, handled), System.nanoTime() - begin);
      if (handled > 0) {
        tx.commit();
        for (int i = 0; i < handled; i++) {
          surroundings.count("Applied");
        }
      }
      return handled;
    }
  }

  private int each(Run run, List<Job.Fresh> jobs, JdbcTransaction<O> tx, Handler.One<O> one)
      throws Exception {
    long end = System.nanoTime() + spec.options().together().time().toNanos();
    int handled = 0;
    for (Job.Fresh job : jobs) {
      if (handled > 0 && System.nanoTime() - end > 0) {
        leaveOut(tx, jobs.subList(handled, jobs.size()));
        return handled;
      }
      Broker.Logged logged = job.logged();
      surroundings.in(
          job.partition(),
          logged.message(),
          1,
          () -> {
            surroundings.handle(
                run,
                tx,
                () -> {
                  one.effect().handle(logged, tx.forHandler());
                  return true;
                });
            return true;
          });
      handled++;
    }
    return handled;
  }

  private int all(Run run, List<Job.Fresh> jobs, JdbcTransaction<O> tx, Handler.Many<O> many)
      throws Exception {
    List<Broker.Logged> messages = jobs.stream().map(Job.Fresh::logged).toList();
    surroundings.handle(
        run,
        tx,
        () -> {
          many.effects().handle(messages, tx.forHandler());
          return true;
        });
    return jobs.size();
  }

  /// The time is over: the rest comes into the next transaction.
  private void leaveOut(JdbcTransaction<O> tx, List<Job.Fresh> rest) throws SQLException {
    inbox.unmark(tx.connection(), subscription, rest);
  }
}
