package dev.concordat.shop.orders;

import com.google.protobuf.util.Durations;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.sagas.Saga;
import dev.concordat.service.Service;
import dev.concordat.shop.cart.v1.CartsClient;
import dev.concordat.shop.cart.v1.CheckOutCartRequest;
import dev.concordat.shop.cart.v1.ReopenCartRequest;
import dev.concordat.shop.fraud.v1.FraudClient;
import dev.concordat.shop.fraud.v1.Score;
import dev.concordat.shop.orders.v1.CheckoutInput;
import dev.concordat.shop.orders.v1.CheckoutOutcome;
import dev.concordat.shop.orders.v1.OrderStatus;
import dev.concordat.shop.orders.v1.OrdersOwner;
import dev.concordat.shop.payments.v1.CapturePaymentRequest;
import dev.concordat.shop.payments.v1.PaymentsClient;
import dev.concordat.shop.payments.v1.ReturnPaymentRequest;
import dev.concordat.shop.stock.v1.ReleaseRequest;
import dev.concordat.shop.stock.v1.ReserveRequest;
import dev.concordat.shop.stock.v1.StockClient;
import dev.concordat.shop.stock.v1.StockLine;
import java.time.Duration;

/// The checkout saga: cart, stock, risk, money, and then the order is confirmed; or all of it is
/// given back, last first, and the order is rejected with the reason. Runs on after whoever placed
/// the order has gone, and after a crash.
final class Checkout {
  // Longer than a busy cart or stock ever takes: a shopper rather sees PENDING than a rejection
  // that only says that we were busy. Only the payment has to fit into the shopper's deadline.
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Service<OrdersOwner> service;
  private final OrderBook book;
  private final Endings endings;
  private final CartsClient carts;
  private final StockClient stock;
  private final PaymentsClient payments;
  private final RiskCheck risk;

  Checkout(Service<OrdersOwner> service, OrderBook book, Endings endings) {
    this.service = service;
    this.book = book;
    this.endings = endings;
    this.carts = service.client(CartsClient.FACTORY);
    this.stock = service.client(StockClient.FACTORY);
    this.payments = service.client(PaymentsClient.FACTORY);
    this.risk = new RiskCheck(service.client(FraudClient.FACTORY), service.clock());
  }

  CheckoutOutcome run(Saga<OrdersOwner> saga, CheckoutInput input) {
    String orderId = input.getOrderId();
    Duration payment = Duration.ofNanos(Durations.toNanos(input.getPaymentBudget()));
    saga.undo("reject-order", () -> reject(orderId));
    String doing = "the cart";
    try {
      saga.undo("reopen-cart", () -> reopenCart(input));
      saga.within(PATIENCE).step("check-out-cart", () -> checkOutCart(input));
      doing = "the stock";
      saga.undo("release-stock", () -> releaseStock(orderId));
      saga.within(PATIENCE).step("reserve-stock", () -> reserveStock(input));
      doing = "the risk check";
      Score score = saga.step("score-risk", Score.getDefaultInstance(), () -> risk.score(input));
      RiskCheck.refuse(score);
      doing = "payment";
      saga.undo("return-payment", () -> returnPayment(orderId));
      saga.within(payment).step("capture-payment", () -> capturePayment(input));
    } catch (Failure failure) {
      if (failure.code() != Code.CANCELLED) { // the customer's own reason is known
        String why = reason(doing, failure);
        saga.transact("note-failure", tx -> book.noteFailure(tx.connection(), orderId, why));
      }
      throw failure;
    }
    return saga.conclude(
        "confirm-order",
        tx -> {
          endings.confirm(orderId, tx);
          return CheckoutOutcome.newBuilder().setStatus(OrderStatus.CONFIRMED).build();
        });
  }

  private void checkOutCart(CheckoutInput input) {
    carts.checkOutCart(
        CheckOutCartRequest.newBuilder()
            .setCartId(input.getCartId())
            .setOrderId(input.getOrderId())
            .setRevision(input.getCartRevision())
            .build());
  }

  private void reopenCart(CheckoutInput input) {
    carts.reopenCart(
        ReopenCartRequest.newBuilder()
            .setCartId(input.getCartId())
            .setOrderId(input.getOrderId())
            .build());
  }

  private void reserveStock(CheckoutInput input) {
    stock.reserve(
        ReserveRequest.newBuilder()
            .setOrderId(input.getOrderId())
            .addAllLines(
                input.getLinesList().stream()
                    .map(line ->
                        StockLine.newBuilder()
                            .setProductId(line.getProductId())
                            .setQuantity(line.getQuantity())
                            .build())
                    .toList())
            .build());
  }

  private void releaseStock(String orderId) {
    stock.release(ReleaseRequest.newBuilder().setOrderId(orderId).build());
  }

  private void capturePayment(CheckoutInput input) {
    payments.capturePayment(
        CapturePaymentRequest.newBuilder()
            .setOrderId(input.getOrderId())
            .setAmount(input.getTotal())
            .setPaymentToken(input.getPaymentToken())
            .build());
  }

  private void returnPayment(String orderId) {
    payments.returnPayment(ReturnPaymentRequest.newBuilder().setOrderId(orderId).build());
  }

  private void reject(String orderId) {
    try (var tx = service.begin()) {
      endings.reject(orderId, tx);
      tx.commit();
    }
  }

  private static String reason(String doing, Failure failure) {
    return switch (failure.code()) {
      case FAILED_PRECONDITION, NOT_FOUND, OUT_OF_RANGE, RESOURCE_EXHAUSTED -> failure.message();
      case DEADLINE_EXCEEDED -> doing + " timed out";
      case CANCELLED,
          UNKNOWN,
          INVALID_ARGUMENT,
          ALREADY_EXISTS,
          PERMISSION_DENIED,
          ABORTED,
          UNIMPLEMENTED,
          INTERNAL,
          UNAVAILABLE,
          DATA_LOSS,
          UNAUTHENTICATED ->
          doing + " could not be reached";
    };
  }
}
