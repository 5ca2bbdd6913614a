package dev.concordat.bench.events;

import com.google.protobuf.Internal;
import dev.concordat.bench.orders.v1.OrderTold;
import dev.concordat.bench.orders.v1.OrdersOwner;
import dev.concordat.bench.work.Ledger;
import dev.concordat.bench.work.Order;
import dev.concordat.bench.work.Stage;
import dev.concordat.bench.work.Streaming;
import dev.concordat.contract.Topic;
import dev.concordat.events.Events;
import dev.concordat.events.EventsOptions;
import dev.concordat.events.Transaction;
import dev.concordat.events.log.Broker;
import dev.concordat.events.log.PostgresLog;
import dev.concordat.events.subscriptions.Received;
import dev.concordat.events.subscriptions.Start;
import dev.concordat.events.subscriptions.SubscriptionOptions;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// The log in PostgreSQL, filled through the outbox and read by batch handlers.
final class ConcordatLog implements Streaming {
  private static final int TOGETHER = 500;
  private static final long LOOK = 5_000_000;

  private final Stage stage;
  private final Order order;
  private final Broker log;
  private final Events<OrdersOwner> publisher;

  ConcordatLog(Stage stage, Order order) {
    this.stage = stage;
    this.order = order;
    this.log = PostgresLog.open(stage.pool());
    this.publisher = open();
    publisher.start();
  }

  private Events<OrdersOwner> open() {
    return Events.open(OrdersOwner.OWNER, stage.pool(), log, EventsOptions.DEFAULT);
  }

  @Override
  public void fill(long first, int events, int keys) {
    long end = first + events;
    for (long from = first; from < end; from += TOGETHER) {
      try (Transaction<OrdersOwner> tx = publisher.begin()) {
        for (long i = from; i < Math.min(end, from + TOGETHER); i++) {
          tx.publish(
              OrderTold.newBuilder()
                  .setCustomer(Long.toString(i % keys))
                  .setNumber(i)
                  .setNote(Ledger.NOTE)
                  .build());
        }
        tx.commit();
      }
    }
    String topic = Topic.of(Internal.getDefaultInstance(OrderTold.class)).name();
    while (events > 0 && logged(topic) < end) {
      LockSupport.parkNanos(LOOK);
    }
  }

  private long logged(String topic) {
    return log.ends(topic).values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public AutoCloseable read(List<String> names, long sinceEpochMillis) {
    Events<OrdersOwner> events = open();
    Start start =
        sinceEpochMillis == 0
            ? Start.beginning()
            : Start.at(Instant.ofEpochMilli(sinceEpochMillis));
    for (String name : names) {
      events.project(
          OrderTold.class,
          name,
          SubscriptionOptions.DEFAULT.withStart(start),
          (batch, tx) -> take(name, batch, tx));
    }
    events.start();
    return events;
  }

  private void take(String name, List<Received<OrderTold>> batch, Transaction<OrdersOwner> tx)
      throws SQLException {
    long[] keys =
        batch.stream().mapToLong(one -> Long.parseLong(one.event().getCustomer())).toArray();
    Long[] numbers =
        batch.stream().map(one -> Long.valueOf(one.event().getNumber())).toArray(Long[]::new);
    order.take(tx.connection(), name, keys, numbers);
  }
}
