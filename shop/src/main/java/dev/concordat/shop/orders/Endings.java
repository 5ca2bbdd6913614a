package dev.concordat.shop.orders;

import dev.concordat.core.Clock;
import dev.concordat.events.Transaction;
import dev.concordat.shop.orders.v1.Order;
import dev.concordat.shop.orders.v1.OrderCancelled;
import dev.concordat.shop.orders.v1.OrderConfirmed;
import dev.concordat.shop.orders.v1.OrderRejected;
import dev.concordat.shop.orders.v1.OrderStatus;
import dev.concordat.shop.orders.v1.OrdersOwner;
import dev.concordat.shop.store.Refusals;
import dev.concordat.shop.store.Times;
import java.time.Instant;

/// How an order ends: the status, its change and the event that tells it, in one transaction.
final class Endings {
  private final OrderBook book;
  private final OrderBell bell;
  private final Clock clock;

  Endings(OrderBook book, OrderBell bell, Clock clock) {
    this.book = book;
    this.bell = bell;
    this.clock = clock;
  }

  /// Paid for.
  ///
  /// @throws dev.concordat.core.Failure with reason `CANCEL_REQUESTED` when the customer was faster
  void confirm(String orderId, Transaction<OrdersOwner> tx) {
    Instant at = clock.now();
    if (!book.confirm(tx.connection(), orderId, at)) {
      throw Refusals.now("CANCEL_REQUESTED", "the order was cancelled while it was checked out");
    }
    StoredOrder stored = book.lock(tx.connection(), orderId).orElseThrow();
    Order order = stored.order();
    tx.publish(
        OrderConfirmed.newBuilder()
            .setOrderId(orderId)
            .setCustomerId(order.getCustomerId())
            .setEmail(stored.email())
            .addAllLines(order.getLinesList())
            .setTotal(order.getTotal())
            .setConfirmedAt(Times.of(at))
            .build());
    tx.afterCommit(() -> bell.ring(orderId));
  }

  /// Came to nothing; the customer may have wanted that. Does nothing when it has ended before.
  void reject(String orderId, Transaction<OrdersOwner> tx) {
    StoredOrder stored = book.lock(tx.connection(), orderId).orElseThrow();
    if (stored.status() != OrderStatus.PENDING) {
      return;
    }
    if (!stored.cancelling().isEmpty()) {
      cancel(stored, tx);
      return;
    }
    Instant at = clock.now();
    String reason = stored.failing().isEmpty() ? "the checkout failed" : stored.failing();
    if (book.end(tx.connection(), stored, OrderStatus.REJECTED, reason, at)) {
      tx.publish(
          OrderRejected.newBuilder()
              .setOrderId(orderId)
              .setCustomerId(stored.order().getCustomerId())
              .setReason(reason)
              .setRejectedAt(Times.of(at))
              .build());
      tx.afterCommit(() -> bell.ring(orderId));
    }
  }

  /// Ended by the customer. Does nothing when it has another status by now.
  void cancel(StoredOrder stored, Transaction<OrdersOwner> tx) {
    String orderId = stored.order().getOrderId();
    Instant at = clock.now();
    if (book.end(tx.connection(), stored, OrderStatus.CANCELLED, stored.cancelling(), at)) {
      tx.publish(
          OrderCancelled.newBuilder()
              .setOrderId(orderId)
              .setCustomerId(stored.order().getCustomerId())
              .setReason(stored.cancelling())
              .setCancelledAt(Times.of(at))
              .build());
      tx.afterCommit(() -> bell.ring(orderId));
    }
  }
}
