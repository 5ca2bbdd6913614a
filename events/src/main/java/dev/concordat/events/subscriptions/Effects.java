package dev.concordat.events.subscriptions;

import dev.concordat.contract.Owner;
import dev.concordat.events.Dead;
import dev.concordat.events.JdbcTransaction;
import dev.concordat.events.Parts;
import dev.concordat.events.log.Broker;
import dev.concordat.events.log.Envelope;
import dev.concordat.events.subscriptions.Inbox.Mark;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/// The effect of one message: in a transaction of its own together with the mark that it is
/// applied, and so once; or outside of the database, and then at least once.
final class Effects<O extends Owner> {
  private final Parts parts;
  private final Subscription.Spec<O> spec;
  private final int subscription;
  private final Inbox inbox;
  private final Parked parked;
  private final JdbcTransaction.Enqueuer enqueuer;
  private final Surroundings surroundings;
  private final Settlement settlement;
  private final Outside<O> outside;
  private final Pace pace;

  Effects(
      Parts parts,
      Subscription.Spec<O> spec,
      Handling.Desk desk,
      JdbcTransaction.Enqueuer enqueuer,
      Surroundings surroundings,
      Settlement settlement,
      Pace pace) {
    this.parts = parts;
    this.spec = spec;
    this.subscription = desk.subscription();
    this.inbox = desk.inbox();
    this.parked = new Parked(subscription);
    this.enqueuer = enqueuer;
    this.surroundings = surroundings;
    this.settlement = settlement;
    this.outside = new Outside<>(parts, spec, desk, surroundings, settlement);
    this.pace = pace;
  }

  /// A message from the log.
  ///
  /// @return false when the partition was lost
  boolean apply(Run run, Partition partition, Broker.Logged logged) throws Exception {
    requireWorth(logged.message());
    return surroundings.in(
        partition,
        logged.message(),
        1,
        () -> {
          inbox.prepare(logged);
          return spec.handler() instanceof Handler.Outside<O> outsideHandler
              ? outside.fresh(run, partition, logged, outsideHandler)
              : applyInside(run, partition, logged);
        });
  }

  private boolean applyInside(Run run, Partition partition, Broker.Logged logged) throws Exception {
    Mark mark = markAndApply(run, partition, logged);
    if (mark == Mark.SEEN) {
      // Needs a connection: so only when ours has gone back.
      settlement.rememberIfParked(partition, logged.message().key());
    }
    return kept(partition, mark != Mark.LOST);
  }

  private Mark markAndApply(Run run, Partition partition, Broker.Logged logged) throws Exception {
    try (JdbcTransaction<O> tx = JdbcTransaction.beginUnlimited(parts, enqueuer)) {
      Mark mark = mark(tx.connection(), partition, logged);
      if (mark == Mark.FRESH) {
        effect(run, logged, tx);
        tx.commit();
        surroundings.count("Applied");
      }
      return mark;
    }
  }

  private void effect(Run run, Broker.Logged logged, JdbcTransaction<O> tx) throws Exception {
    long begin = System.nanoTime();
    try {
      surroundings.handle(
          run,
          tx,
          () -> {
            switch (spec.handler()) {
              case Handler.One<O> one -> one.effect().handle(logged, tx.forHandler());
              case Handler.Many<O> many -> many.effects().handle(List.of(logged), tx.forHandler());
              case Handler.Outside<O> _ -> throw new IllegalStateException("it has no transaction");
            }
            return true;
          });
    } finally {
      pace.took(1, System.nanoTime() - begin);
    }
  }

  /// A parked message.
  ///
  /// @return false when the partition was lost
  boolean apply(Run run, Partition partition, Parked.First first) throws Exception {
    requireWorth(first.message());
    return surroundings.in(
        partition,
        first.message(),
        first.attempts().size() + 1,
        () -> {
          if (spec.handler() instanceof Handler.Outside<O> outsideHandler) {
            return outside.again(run, partition, first, outsideHandler);
          }
          try (JdbcTransaction<O> tx = JdbcTransaction.begin(parts, enqueuer)) {
            if (!partition.claim().hold(tx.connection())) {
              return kept(partition, false);
            }
            if (parked.lock(tx.connection(), first)) {
              effect(run, first.logged(), tx);
              parked.leave(tx.connection(), first);
              tx.commit();
              surroundings.count("Applied");
            }
            return true;
          }
        });
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

  private void requireWorth(Envelope message) {
    if (Expiry.passed(message, parts.clock().now())) {
      throw Dead.because(
          "expired: it was worth handling until " + message.headers().get(Expiry.HEADER));
    }
  }
}
