package dev.concordat.bench.events;

import dev.concordat.bench.orders.v1.OrderTold;
import dev.concordat.bench.orders.v1.OrdersOwner;
import dev.concordat.bench.work.Ledger;
import dev.concordat.bench.work.Order;
import dev.concordat.bench.work.Stage;
import dev.concordat.bench.work.Streaming;
import dev.concordat.events.Events;
import dev.concordat.events.EventsOptions;
import dev.concordat.events.Transaction;
import dev.concordat.events.log.Broker;
import dev.concordat.events.subscriptions.Received;
import dev.concordat.events.subscriptions.Start;
import dev.concordat.events.subscriptions.SubscriptionOptions;
import dev.concordat.events.subscriptions.SubscriptionOptions.Together;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// A log, filled through the outbox and read by batch handlers.
final class ConcordatLog implements Streaming {
  private static final int TOGETHER = 500;

  /// As many as Kafka's client gives at most by default.
  private static final Together BATCH = new Together(500, Duration.ofMillis(10));

  private static final int BUFFER = 2_000;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Stage stage;
  private final Order order;
  private final Broker log;
  private Events<OrdersOwner> publisher;

  ConcordatLog(Stage stage, Order order, Broker log) {
    this.stage = stage;
    this.order = order;
    this.log = log;
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
    // Whoever stops tells what is left.
    var _ = publisher.stop(PATIENCE);
    publisher = open();
    publisher.start();
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
          SubscriptionOptions.DEFAULT.withStart(start).withTogether(BATCH).withBuffer(BUFFER),
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
