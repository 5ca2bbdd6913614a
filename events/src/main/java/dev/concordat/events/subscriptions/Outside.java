package dev.concordat.events.subscriptions;

import dev.concordat.contract.Owner;
import dev.concordat.events.Parts;
import dev.concordat.events.log.Broker;
import dev.concordat.events.subscriptions.Inbox.Mark;
import java.sql.Connection;
import java.sql.SQLException;

/// Handles messages without a transaction: looks whether the message is to be handled, lets the
/// handler work, marks it when it is still ours.
final class Outside<O extends Owner> {
  private final Parts parts;
  private final Subscription.Spec<O> spec;
  private final Handling.Desk desk;
  private final Surroundings surroundings;
  private final Settlement settlement;
  private final Parked parked;

  Outside(
      Parts parts,
      Subscription.Spec<O> spec,
      Handling.Desk desk,
      Surroundings surroundings,
      Settlement settlement) {
    this.parts = parts;
    this.spec = spec;
    this.desk = desk;
    this.surroundings = surroundings;
    this.settlement = settlement;
    this.parked = new Parked(desk.subscription());
  }

  /// A message from the log.
  ///
  /// @return false when it belongs to another process
  boolean fresh(Run run, Partition partition, Broker.Logged logged, Handler.Outside<O> handler)
      throws Exception {
    Mark mark =
        parts
            .database()
            .read(c -> desk.inbox().look(c, partition.claim(), desk.subscription(), logged));
    if (mark == Mark.SEEN) {
      settlement.rememberIfParked(partition, logged.message().key());
    }
    if (mark != Mark.FRESH) {
      return kept(partition, mark != Mark.LOST);
    }
    var hold =
        new OutsideHold(partition.cancellation(), 1, c -> mark(c, partition, logged) == Mark.FRESH);
    work(run, handler, logged, hold);
    if (!hold.completed()) {
      mark = parts.database().transact(c -> mark(c, partition, logged));
    }
    return ended(partition, mark != Mark.LOST);
  }

  /// A parked message.
  ///
  /// @return false when it belongs to another process
  boolean again(Run run, Partition partition, Parked.First first, Handler.Outside<O> handler)
      throws Exception {
    var hold =
        new OutsideHold(
            partition.cancellation(), first.attempts().size() + 1, c -> leave(c, partition, first));
    work(run, handler, first.logged(), hold);
    boolean ours = hold.completed() || parts.database().transact(c -> leave(c, partition, first));
    return ended(partition, ours);
  }

  private void work(Run run, Handler.Outside<O> handler, Broker.Logged logged, OutsideHold hold)
      throws Exception {
    surroundings.handle(
        run,
        null,
        () -> {
          handler.work().handle(logged, hold);
          return true;
        });
    if (run.leftBehind()) {
      throw new IllegalStateException("its end comes too late");
    }
  }

  /// A mark that comes after another process has taken over is refused: that one does it again.
  private boolean ended(Partition partition, boolean ours) {
    surroundings.count(ours ? "Applied" : "Refused");
    return kept(partition, ours);
  }

  private boolean leave(Connection connection, Partition partition, Parked.First first)
      throws SQLException {
    if (!partition.claim().hold(connection)) {
      return false;
    }
    if (parked.lock(connection, first)) {
      parked.leave(connection, first);
    }
    return true;
  }

  private Mark mark(Connection connection, Partition partition, Broker.Logged logged)
      throws SQLException {
    return desk.inbox()
        .mark(connection, partition.claim(), desk.subscription(), logged, spec.options().budget());
  }

  private static boolean kept(Partition partition, boolean ours) {
    if (!ours) {
      partition.lose();
    }
    return ours;
  }
}
