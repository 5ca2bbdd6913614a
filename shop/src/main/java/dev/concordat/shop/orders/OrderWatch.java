package dev.concordat.shop.orders;

import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Sink;
import dev.concordat.shop.orders.v1.OrderChange;
import dev.concordat.shop.store.Refusals;
import java.time.Duration;
import java.util.Optional;

/// Waits for orders. A change made in this process is seen at once, one made in another within a
/// quarter of a second.
final class OrderWatch {
  private static final Duration LOOK_AGAIN = Duration.ofMillis(250);
  private static final Duration WAY_BACK = Duration.ofMillis(150);

  private final OrderBook book;
  private final OrderBell bell;

  OrderWatch(OrderBook book, OrderBell bell) {
    this.book = book;
    this.bell = bell;
  }

  /// The order once it is settled, or as it is shortly before the deadline.
  StoredOrder settled(String orderId) {
    Optional<Deadline> until = Context.current().deadline().map(d -> d.minus(WAY_BACK));
    while (true) {
      long rings = bell.rings(orderId);
      StoredOrder order = find(orderId);
      Duration left = until.map(Deadline::remaining).orElse(LOOK_AGAIN);
      if (order.settled() || left.isZero()) {
        return order;
      }
      Context.current().check();
      bell.await(orderId, rings, shorter(left, LOOK_AGAIN));
    }
  }

  /// Sends every change of the order until it is settled, the reader has gone or the deadline has
  /// passed.
  void follow(String orderId, Sink<OrderChange> out) {
    int seen = 0;
    while (true) {
      long rings = bell.rings(orderId);
      boolean settled = find(orderId).settled(); // before the changes, or the last could be missed
      for (OrderChange change : book.changes(orderId, seen)) {
        out.send(change);
        seen = change.getChangeNumber();
      }
      if (settled) {
        return;
      }
      Context.current().check();
      bell.await(orderId, rings, LOOK_AGAIN);
    }
  }

  private StoredOrder find(String orderId) {
    return book.find(orderId).orElseThrow(() -> Refusals.unknown("order_id", "order", orderId));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
