package dev.concordat.bench.events;

import dev.concordat.bench.orders.v1.Chore;
import dev.concordat.bench.orders.v1.OrderTold;
import dev.concordat.bench.orders.v1.OrdersOwner;
import dev.concordat.bench.work.Contestant;
import dev.concordat.bench.work.Ledger;
import dev.concordat.bench.work.Order;
import dev.concordat.bench.work.Queueing;
import dev.concordat.bench.work.Stage;
import dev.concordat.bench.work.Streaming;
import dev.concordat.bench.work.Telling;
import dev.concordat.events.Events;
import dev.concordat.events.EventsOptions;
import dev.concordat.events.Transaction;
import dev.concordat.events.log.Broker;
import dev.concordat.events.log.PostgresLog;
import dev.concordat.events.tasks.TaskHandler;
import java.sql.SQLException;
import java.time.Duration;

/// Concordat with its defaults: outbox, log, subscription and tasks in one database, one pool.
public final class Concordat implements Contestant {
  @Override
  public String name() {
    return "concordat";
  }

  static Events<OrdersOwner> open(Stage stage) {
    return Events.open(
        OrdersOwner.OWNER, stage.pool(), PostgresLog.open(stage.pool()), EventsOptions.DEFAULT);
  }

  @Override
  public Telling telling(Stage stage) {
    Events<OrdersOwner> events = open(stage);
    events.subscribe(
        OrderTold.class,
        "effects",
        (event, tx) -> stage.ledger().effect(tx.connection(), event.getNumber()));
    events.start();
    return order -> tell(events, stage, order);
  }

  private static void tell(Events<OrdersOwner> events, Stage stage, long order)
      throws SQLException {
    try (Transaction<OrdersOwner> tx = events.begin()) {
      stage.ledger().order(tx.connection(), order);
      tx.publish(
          OrderTold.newBuilder()
              .setCustomer(Ledger.customer(order))
              .setNumber(order)
              .setNote(Ledger.NOTE)
              .build());
      tx.commit();
    }
  }

  @Override
  public Streaming streaming(Stage stage, Order order) {
    return new ConcordatLog(stage, order, PostgresLog.open(stage.pool()));
  }

  @Override
  public Queueing queueing(Stage stage) {
    return new Chores(stage);
  }

  /// Tasks; each time that nobody works on them any more, the process begins anew.
  private static final class Chores implements Queueing {
    private final Stage stage;
    private final Broker log;
    private volatile Events<OrdersOwner> events;

    Chores(Stage stage) {
      this.stage = stage;
      this.log = PostgresLog.open(stage.pool());
      this.events = make(stage, log);
    }

    private static Events<OrdersOwner> make(Stage stage, Broker log) {
      Events<OrdersOwner> events =
          Events.open(OrdersOwner.OWNER, stage.pool(), log, EventsOptions.DEFAULT);
      TaskHandler<Chore> hand = (chore, lease) -> stage.ledger().done(chore.getNumber());
      events.work(Chore.class, hand);
      return events;
    }

    @Override
    public void ask(long first, int count) {
      try (Transaction<OrdersOwner> tx = events.begin()) {
        for (long i = first; i < first + count; i++) {
          tx.enqueue(Chore.newBuilder().setNumber(i).setNote(Ledger.NOTE).build());
        }
        tx.commit();
      }
    }

    @Override
    public void start() {
      events.start();
    }

    @Override
    public void stop() {
      var _ = events.stop(Duration.ofSeconds(5));
      events = make(stage, log);
    }

    @Override
    public long left() {
      return events.queues().stream()
          .mapToLong(one -> one.waiting() + one.later() + one.leased())
          .sum();
    }
  }
}
