package dev.concordat.events.subscriptions;

import dev.concordat.contract.Owner;
import dev.concordat.events.Parts;
import dev.concordat.events.deadletters.DeadLetter;
import dev.concordat.events.deadletters.DeadLetters;
import dev.concordat.events.log.Broker;
import dev.concordat.events.subscriptions.Inbox.Mark;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Writes what becomes of messages that were not applied: parked, given up on.
final class Settlement {
  private static final String ITSELF = "the subscription itself";

  private final Parts parts;
  private final Subscription.Spec<? extends Owner> spec;
  private final Handling.Desk desk;
  private final Parked parked;

  Settlement(Parts parts, Subscription.Spec<? extends Owner> spec, Handling.Desk desk) {
    this.parts = parts;
    this.spec = spec;
    this.desk = desk;
    this.parked = new Parked(desk.subscription());
  }

  private interface Leaving {
    void write(Connection connection) throws SQLException;
  }

  /// A message that was seen may have been parked by a transaction of which we did not hear whether
  /// it was committed; then those behind it must wait.
  void rememberIfParked(Partition partition, String key) {
    if (parts.database().read(c -> parked.first(c, partition.number(), key)).isPresent()) {
      partition.parked().add(key);
    }
  }

  /// A message from the log behind others of its key.
  boolean parkBehind(Partition partition, Broker.Logged logged) {
    return leaveLog(partition, logged, c -> parked.parkBehind(c, logged)) != Mark.LOST;
  }

  /// A message from the log that failed.
  boolean settle(Partition partition, Broker.Logged logged, Verdict verdict) {
    Instant now = parts.clock().now();
    return switch (verdict) {
      case Verdict.Again again -> {
        List<String> attempts = List.of(DeadLetter.Attempt.text(now, again.error()));
        yield park(partition, logged, c -> parked.park(c, logged, again.delay(), attempts));
      }
      case Verdict.Bury bury -> bury(partition, logged, bury, now);
      case Verdict.Wait _ -> false;
    };
  }

  private boolean bury(Partition partition, Broker.Logged logged, Verdict.Bury bury, Instant now) {
    List<String> attempts = List.of(DeadLetter.Attempt.text(now, bury.error()));
    DeadLetter.Place place = place(logged.partition(), logged.position());
    GiveUp giveUp = bury.chosen() ? GiveUp.SKIP : spec.options().giveUp();
    return switch (giveUp) {
      case SKIP ->
          leaveLog(
                  partition,
                  logged,
                  c -> DeadLetters.bury(c, place, logged.message(), bury.cause(), attempts))
              != Mark.LOST;
      case PARK ->
          park(
              partition,
              logged,
              c -> {
                DeadLetters.bury(c, place, logged.message(), bury.cause(), attempts);
                parked.parkForGood(c, logged, attempts);
              });
      case PAUSE ->
          paused(
              park(
                  partition,
                  logged,
                  c -> {
                    parked.park(c, logged, Duration.ZERO, attempts);
                    pause(c, bury.cause().reason());
                  }));
    };
  }

  /// A parked message that failed again.
  boolean settle(Partition partition, Parked.First first, Verdict verdict) {
    Instant now = parts.clock().now();
    boolean settled =
        parts
            .database()
            .transact(connection -> {
              if (!partition.claim().hold(connection)) {
                partition.lose();
                return false;
              }
              if (verdict instanceof Verdict.Again again) {
                String attempt = DeadLetter.Attempt.text(now, again.error());
                parked.again(connection, first, again.delay(), attempt);
              } else if (verdict instanceof Verdict.Bury bury) {
                bury(connection, first, bury, now);
              }
              return true;
            });
    boolean gaveUp = verdict instanceof Verdict.Bury bury && !bury.chosen();
    boolean pauses = gaveUp && spec.options().giveUp() == GiveUp.PAUSE;
    return pauses ? paused(settled) : settled;
  }

  private void bury(Connection connection, Parked.First first, Verdict.Bury bury, Instant now)
      throws SQLException {
    GiveUp giveUp = bury.chosen() ? GiveUp.SKIP : spec.options().giveUp();
    if (giveUp == GiveUp.PAUSE) {
      String attempt = DeadLetter.Attempt.text(now, bury.error());
      parked.again(connection, first, Duration.ZERO, attempt);
      pause(connection, bury.cause().reason());
      return;
    }
    var attempts = new ArrayList<>(first.attempts());
    attempts.add(DeadLetter.Attempt.text(now, bury.error()));
    DeadLetters.bury(
        connection, place(first.part(), first.position()), first.message(), bury.cause(), attempts);
    if (giveUp == GiveUp.PARK) {
      parked.giveUp(connection, first);
    } else {
      parked.leave(connection, first);
    }
  }

  private DeadLetter.Place place(int part, long position) {
    return new DeadLetter.Place(DeadLetter.EVENT, spec.name(), part + "/" + position);
  }

  private void pause(Connection connection, String reason) throws SQLException {
    var _ = new Pauses(desk.subscription()).begin(connection, Optional.empty(), ITSELF, reason);
  }

  private boolean paused(boolean settled) {
    if (settled) {
      desk.paused().run();
    }
    return settled;
  }

  private boolean park(Partition partition, Broker.Logged logged, Leaving leaving) {
    Mark mark = leaveLog(partition, logged, leaving);
    if (mark == Mark.FRESH) {
      partition.parked().add(logged.message().key());
    }
    return mark != Mark.LOST;
  }

  /// Takes the message off the log's path: its mark, and what becomes of it instead.
  private Mark leaveLog(Partition partition, Broker.Logged logged, Leaving leaving) {
    desk.inbox().prepare(logged);
    Mark mark =
        parts
            .database()
            .transact(connection -> {
              if (!partition.claim().hold(connection)) {
                return Mark.LOST;
              }
              Mark now =
                  desk.inbox()
                      .mark(
                          connection,
                          partition.claim(),
                          desk.subscription(),
                          logged,
                          spec.options().budget());
              if (now == Mark.FRESH) {
                leaving.write(connection);
              }
              return now;
            });
    if (mark == Mark.LOST) {
      partition.lose();
    }
    return mark;
  }
}
