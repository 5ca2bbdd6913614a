package dev.concordat.events.subscriptions;

import dev.concordat.contract.Owner;
import dev.concordat.core.Context;
import dev.concordat.core.ContextCodec;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.core.KeyScope;
import dev.concordat.core.Observer.Activity;
import dev.concordat.core.Observer.Kind;
import dev.concordat.events.JdbcTransaction;
import dev.concordat.events.Parts;
import dev.concordat.events.deadletters.DeadLetter;
import dev.concordat.events.deadletters.DeadLetters;
import dev.concordat.events.log.Broker;
import dev.concordat.events.log.Envelope;
import dev.concordat.events.subscriptions.Inbox.Mark;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// Handles one message after the other, each in its own transaction together with its mark, and
/// does with those that fail what the verdict says. Runs in the lane of the message's key.
final class Handling<O extends Owner> {
  /// Whoever fails alone this often, while others get on, is not waiting for something that is
  /// down.
  private static final int ALONE = 3;

  private final Parts parts;
  private final Subscription.Spec<O> spec;
  private final int subscription;
  private final Gate gate;
  private final Inbox inbox;
  private final Parked parked;
  private final JdbcTransaction.Enqueuer enqueuer;

  Handling(
      Parts parts,
      Subscription.Spec<O> spec,
      int subscription,
      Gate gate,
      Inbox inbox,
      JdbcTransaction.Enqueuer enqueuer) {
    this.parts = parts;
    this.spec = spec;
    this.subscription = subscription;
    this.gate = gate;
    this.inbox = inbox;
    this.parked = new Parked(subscription);
    this.enqueuer = enqueuer;
  }

  /// Something to try until it works or a verdict settles it.
  private interface Try {
    /// Tries, and says whether there is nothing left to do.
    boolean run() throws Exception;

    /// Does what the verdict says, and says whether there is nothing left to do.
    boolean failed(Verdict verdict);

    int tries();
  }

  /// A message from the log.
  void fresh(Partition partition, Broker.Logged logged, Progress.Entry entry) {
    Try attempt =
        new Try() {
          @Override
          public boolean run() throws Exception {
            if (partition.parked().contains(logged.message().key())) {
              return park(partition, logged, null, List.of()) != Mark.LOST;
            }
            return apply(partition, logged);
          }

          @Override
          public boolean failed(Verdict verdict) {
            return settle(partition, logged, verdict);
          }

          @Override
          public int tries() {
            return 1;
          }
        };
    if (untilSettled(partition, attempt)) {
      partition.progress().end(entry);
    }
  }

  /// The messages of a parked key, as far as they are due.
  void again(Partition partition, String key) {
    try {
      boolean more = true;
      while (more && !partition.lost()) {
        var first = parts.database().read(c -> parked.first(c, partition.number(), key));
        if (first.isEmpty()) {
          partition.parked().remove(key);
          return;
        }
        boolean due = !first.get().dueAt().isAfter(parts.clock().now());
        more = due && untilSettled(partition, retry(partition, first.get()));
        if (!due) {
          parts.database().read(c -> parked.waitBehind(c, first.get()));
        }
      }
    } catch (Failure e) {
      // The database is down: the key is still due, and found again.
      gate.shut(Optional.empty());
    } finally {
      partition.retrying().remove(key);
    }
  }

  private Try retry(Partition partition, Parked.First first) {
    return new Try() {
      @Override
      public boolean run() throws Exception {
        return apply(partition, first);
      }

      @Override
      public boolean failed(Verdict verdict) {
        return settle(partition, first, verdict);
      }

      @Override
      public int tries() {
        return first.attempts().size() + 1;
      }
    };
  }

  private boolean untilSettled(Partition partition, Try attempt) {
    int alone = 0;
    long others = gate.successes();
    try {
      while (gate.pass() && !partition.lost()) {
        Verdict verdict = null;
        try {
          if (attempt.run()) {
            gate.worked();
            return true;
          }
        } catch (Throwable e) {
          if (Thread.currentThread().isInterrupted() || gate.ended()) {
            return false;
          }
          verdict = Verdict.of(e, attempt.tries(), spec.options(), ThreadLocalRandom.current());
        }
        if (verdict instanceof Verdict.Wait wait) {
          alone = gate.successes() > others ? alone + 1 : 0;
          others = gate.successes();
          verdict = alone < ALONE ? wait : alone(wait, attempt.tries());
        }
        if (verdict != null && settled(attempt, verdict)) {
          return true;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  private Verdict alone(Verdict.Wait wait, int tries) {
    return Verdict.alone(wait, tries, spec.options(), ThreadLocalRandom.current());
  }

  private boolean settled(Try attempt, Verdict verdict) {
    count(verdict.getClass().getSimpleName());
    if (verdict instanceof Verdict.Wait wait) {
      gate.shut(wait.atLeast());
      return false;
    }
    try {
      return attempt.failed(verdict);
    } catch (RuntimeException e) {
      // The verdict could not be written: the database is down. The message is tried anew.
      gate.shut(Optional.empty());
      return false;
    }
  }

  private boolean apply(Partition partition, Broker.Logged logged) throws Exception {
    return watched(
        logged.message(),
        1,
        () -> {
          inbox.prepare(logged);
          try (JdbcTransaction<O> tx = JdbcTransaction.beginUnlimited(parts, enqueuer)) {
            Mark mark = mark(tx.connection(), partition, logged);
            if (mark == Mark.FRESH) {
              run(logged, tx);
              tx.commit();
              count("Applied");
            }
            if (mark == Mark.SEEN) {
              rememberIfParked(partition, logged.message().key());
            }
            return kept(partition, mark != Mark.LOST);
          }
        });
  }

  private void run(Broker.Logged logged, JdbcTransaction<O> tx) throws Exception {
    switch (spec.handler()) {
      case Handler.One<O> one -> one.effect().handle(logged, tx);
      case Handler.Many<O> many -> many.effects().handle(List.of(logged), tx);
      case Handler.Outside<O> outside ->
          throw new UnsupportedOperationException(outside.toString());
    }
  }

  /// A message that was seen may have been parked by a transaction of which we did not hear whether
  /// it was committed; then those behind it must wait.
  private void rememberIfParked(Partition partition, String key) {
    if (parts.database().read(c -> parked.first(c, partition.number(), key)).isPresent()) {
      partition.parked().add(key);
    }
  }

  private boolean apply(Partition partition, Parked.First first) throws Exception {
    return watched(
        first.message(),
        first.attempts().size() + 1,
        () -> {
          try (JdbcTransaction<O> tx = JdbcTransaction.begin(parts, enqueuer)) {
            if (!partition.claim().hold(tx.connection())) {
              return kept(partition, false);
            }
            if (parked.lock(tx.connection(), first)) {
              run(first.logged(), tx);
              parked.leave(tx.connection(), first, parts.clock().now());
              tx.commit();
              count("Applied");
            }
            return true;
          }
        });
  }

  /// A message from the log that failed.
  private boolean settle(Partition partition, Broker.Logged logged, Verdict verdict) {
    Instant now = parts.clock().now();
    return switch (verdict) {
      case Verdict.Again again -> {
        List<String> attempts = List.of(DeadLetter.Attempt.text(now, again.error()));
        Mark mark = park(partition, logged, now.plus(again.delay()), attempts);
        if (mark == Mark.FRESH) {
          partition.parked().add(logged.message().key());
        }
        yield mark != Mark.LOST;
      }
      case Verdict.GiveUp up -> {
        var place =
            new DeadLetter.Place(
                DeadLetter.EVENT, spec.name(), logged.partition() + "/" + logged.position());
        List<String> attempts = List.of(DeadLetter.Attempt.text(now, up.error()));
        Mark mark =
            leaveLog(
                partition,
                logged,
                c -> DeadLetters.bury(c, place, logged.message(), up.cause(), attempts));
        yield mark != Mark.LOST;
      }
      case Verdict.Wait _ -> false;
    };
  }

  /// A parked message that failed again.
  private boolean settle(Partition partition, Parked.First first, Verdict verdict) {
    Instant now = parts.clock().now();
    return parts
        .database()
        .transact(connection -> {
          if (!partition.claim().hold(connection)) {
            return kept(partition, false);
          }
          if (verdict instanceof Verdict.Again again) {
            Instant due = now.plus(again.delay());
            parked.again(connection, first, due, DeadLetter.Attempt.text(now, again.error()));
          } else if (verdict instanceof Verdict.GiveUp up) {
            var attempts = new ArrayList<>(first.attempts());
            attempts.add(DeadLetter.Attempt.text(now, up.error()));
            var place =
                new DeadLetter.Place(
                    DeadLetter.EVENT, spec.name(), first.part() + "/" + first.position());
            DeadLetters.bury(connection, place, first.message(), up.cause(), attempts);
            parked.leave(connection, first, now);
          }
          return true;
        });
  }

  private Mark park(
      Partition partition, Broker.Logged logged, @Nullable Instant due, List<String> attempts) {
    return leaveLog(partition, logged, c -> parked.park(c, logged, due, attempts));
  }

  private interface Leaving {
    void write(Connection connection) throws SQLException;
  }

  /// Takes the message off the log's path: its mark, and what becomes of it instead.
  private Mark leaveLog(Partition partition, Broker.Logged logged, Leaving leaving) {
    inbox.prepare(logged);
    Mark mark =
        parts
            .database()
            .transact(connection -> {
              if (!partition.claim().hold(connection)) {
                return Mark.LOST;
              }
              Mark now = mark(connection, partition, logged);
              if (now == Mark.FRESH) {
                leaving.write(connection);
              }
              return now;
            });
    var _ = kept(partition, mark != Mark.LOST);
    return mark;
  }

  private Mark mark(Connection connection, Partition partition, Broker.Logged logged)
      throws SQLException {
    return inbox.mark(connection, partition.claim(), subscription, logged, spec.options().budget());
  }

  private static boolean kept(Partition partition, boolean ours) {
    if (!ours) {
      partition.lose();
    }
    return ours;
  }

  private interface Work {
    boolean run() throws Exception;
  }

  /// In the conversation that the message comes from, with a deadline of the handler's own: a fact
  /// is worth handling long after the call that it comes from has ended.
  private boolean watched(Envelope message, int tries, Work work) throws Exception {
    var headers = new HashMap<>(message.headers());
    headers.remove(ContextCodec.DEADLINE);
    Context sent =
        parts
            .codec()
            .read(ContextCodec.carrier(headers))
            .withCaller(message.source())
            .withoutIdempotencyKey()
            .withKeyScope(KeyScope.of(spec.name() + "/" + message.topic() + "/" + message.id()))
            .withAttempt(tries)
            .withDeadline(Deadline.after(spec.options().budget(), parts.clock()));
    var activity =
        new Activity(
            Kind.CONSUMER,
            "receive " + message.topic() + " " + spec.name(),
            sent,
            Map.of(
                "concordat.key", message.key(),
                "concordat.subscription", spec.name(),
                "messaging.system", "concordat",
                "messaging.destination.name", message.topic(),
                "messaging.consumer.group.name", spec.name(),
                "messaging.message.id", message.id().toString()));
    try (var observation = parts.observer().begin(activity)) {
      try {
        return observation.context().withObservation(observation).call(work::run);
      } catch (Throwable e) {
        observation.failed(e);
        throw e;
      }
    }
  }

  private void count(String outcome) {
    parts
        .observer()
        .count(
            "concordat.events.handled", 1, Map.of("subscription", spec.name(), "outcome", outcome));
  }
}
