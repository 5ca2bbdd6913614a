package dev.concordat.shop.orders;

import dev.concordat.events.sagas.SagaType;
import dev.concordat.service.Service;
import dev.concordat.shop.orders.v1.CancelOrderRequest;
import dev.concordat.shop.orders.v1.CheckoutInput;
import dev.concordat.shop.orders.v1.CheckoutOutcome;
import dev.concordat.shop.orders.v1.FinishCancellation;
import dev.concordat.shop.orders.v1.OrderStatus;
import dev.concordat.shop.orders.v1.OrdersOwner;
import dev.concordat.shop.payments.v1.PaymentsClient;
import dev.concordat.shop.payments.v1.ReturnPaymentRequest;
import dev.concordat.shop.stock.v1.ReleaseRequest;
import dev.concordat.shop.stock.v1.StockClient;
import dev.concordat.shop.store.Refusals;

/// Ends orders that their customers do not want any more. A pending one is left to its checkout,
/// which notices before it confirms; a confirmed one is taken back by a task that only goes
/// forward.
final class Cancellation {
  private static final String BY_THE_CUSTOMER = "cancelled by the customer";

  private final Service<OrdersOwner> service;
  private final OrderBook book;
  private final Endings endings;
  private final StockClient stock;
  private final PaymentsClient payments;
  private final SagaType<CheckoutInput, CheckoutOutcome> checkout;

  Cancellation(
      Service<OrdersOwner> service,
      OrderBook book,
      Endings endings,
      SagaType<CheckoutInput, CheckoutOutcome> checkout) {
    this.service = service;
    this.checkout = checkout;
    this.book = book;
    this.endings = endings;
    this.stock = service.client(StockClient.FACTORY);
    this.payments = service.client(PaymentsClient.FACTORY);
  }

  /// Writes down that the order is to be cancelled. Asked again, it changes nothing.
  void begin(CancelOrderRequest request) {
    String orderId = request.getOrderId();
    String why = request.getReason().isBlank() ? BY_THE_CUSTOMER : request.getReason();
    if (want(orderId, why)) {
      // The checkout would see it before it confirms; so it need not wait for a slow payment.
      checkout.cancel(orderId, why);
    }
  }

  /// Whether there is a checkout to be stopped.
  private boolean want(String orderId, String why) {
    try (var tx = service.begin()) {
      StoredOrder order =
          book.lock(tx.connection(), orderId)
              .orElseThrow(() -> Refusals.unknown("order_id", "order", orderId));
      switch (order.status()) {
        case PENDING -> book.wantCancelled(tx.connection(), orderId, why);
        case CONFIRMED -> {
          book.wantCancelled(tx.connection(), orderId, why);
          tx.enqueue(FinishCancellation.newBuilder().setOrderId(orderId).build());
        }
        case REJECTED ->
            throw Refusals.now(
                "ORDER_REJECTED",
                "order " + orderId + " came to nothing before: " + order.order().getReason());
        case CANCELLED, ORDER_STATUS_UNSPECIFIED, UNRECOGNIZED -> {}
      }
      tx.commit();
      return order.status() == OrderStatus.PENDING;
    }
  }

  /// Money back, goods back, and then it is told.
  void finish(FinishCancellation task) {
    String orderId = task.getOrderId();
    payments.returnPayment(ReturnPaymentRequest.newBuilder().setOrderId(orderId).build());
    stock.release(ReleaseRequest.newBuilder().setOrderId(orderId).build());
    try (var tx = service.begin()) {
      StoredOrder order = book.lock(tx.connection(), orderId).orElseThrow();
      if (order.status() == OrderStatus.CONFIRMED) {
        endings.cancel(order, tx);
      }
      tx.commit();
    }
  }
}
