package dev.concordat.shop.orders;

import com.google.protobuf.util.Durations;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.events.sagas.SagaType;
import dev.concordat.service.Service;
import dev.concordat.shop.cart.v1.CartState;
import dev.concordat.shop.cart.v1.CartsClient;
import dev.concordat.shop.cart.v1.Quote;
import dev.concordat.shop.cart.v1.QuoteCartRequest;
import dev.concordat.shop.cart.v1.QuoteLine;
import dev.concordat.shop.orders.v1.CheckoutInput;
import dev.concordat.shop.orders.v1.CheckoutOutcome;
import dev.concordat.shop.orders.v1.Order;
import dev.concordat.shop.orders.v1.OrderLine;
import dev.concordat.shop.orders.v1.OrderStatus;
import dev.concordat.shop.orders.v1.OrdersOwner;
import dev.concordat.shop.orders.v1.PlaceOrderRequest;
import dev.concordat.shop.store.Refusals;
import java.time.Duration;
import java.util.List;

/// Writes an order down and begins its checkout, both or neither. What cannot become an order is
/// refused before anything is written.
final class Placement {
  private static final Duration DEADLINE = Duration.ofSeconds(3);

  private final Service<OrdersOwner> service;
  private final OrderBook book;
  private final CartsClient carts;
  private final SagaType<CheckoutInput, CheckoutOutcome> checkout;

  Placement(
      Service<OrdersOwner> service,
      OrderBook book,
      SagaType<CheckoutInput, CheckoutOutcome> checkout) {
    this.service = service;
    this.book = book;
    this.carts = service.client(CartsClient.FACTORY);
    this.checkout = checkout;
  }

  StoredOrder place(String orderId, PlaceOrderRequest request) {
    Quote quote =
        carts.quoteCart(QuoteCartRequest.newBuilder().setCartId(request.getCartId()).build());
    refuse(quote, orderId, request.getCartId());
    List<OrderLine> lines = quote.getLinesList().stream().map(Placement::line).toList();
    Order order =
        Order.newBuilder()
            .setOrderId(orderId)
            .setCustomerId(request.getCustomerId())
            .setStatus(OrderStatus.PENDING)
            .addAllLines(lines)
            .setTotal(quote.getTotal())
            .setCartId(request.getCartId())
            .build();
    CheckoutInput input =
        CheckoutInput.newBuilder()
            .setOrderId(orderId)
            .setCartId(request.getCartId())
            .addAllLines(lines)
            .setTotal(quote.getTotal())
            .setCustomerId(request.getCustomerId())
            .setPaymentToken(request.getPaymentToken())
            .setCartRevision(quote.getRevision())
            .setPaymentBudget(Durations.fromMillis(paymentBudget().toMillis()))
            .build();
    StoredOrder placed = new StoredOrder(order, request.getEmail(), "", "");
    try (var tx = service.begin()) {
      if (book.insert(tx.connection(), placed, service.clock().now())) {
        checkout.start(tx, orderId, input);
      }
      tx.commit();
    }
    return placed;
  }

  /// 60 % of the time that is left: the rest is for giving back what was taken, and for telling the
  /// shopper.
  private static Duration paymentBudget() {
    Duration left = Context.current().deadline().map(Deadline::remaining).orElse(DEADLINE);
    return left.multipliedBy(6).dividedBy(10);
  }

  private static void refuse(Quote quote, String orderId, String cartId) {
    boolean taken = quote.getState() == CartState.ORDERED && !quote.getOrderId().equals(orderId);
    if (taken) {
      throw Refusals.now("CART_ORDERED", "cart \"" + cartId + "\" was ordered before");
    }
    if (quote.getLinesCount() == 0) {
      throw Refusals.now("CART_EMPTY", "cart \"" + cartId + "\" is empty; put something into it");
    }
  }

  private static OrderLine line(QuoteLine line) {
    return OrderLine.newBuilder()
        .setProductId(line.getProductId())
        .setName(line.getName())
        .setQuantity(line.getQuantity())
        .setUnitPrice(line.getUnitPrice())
        .build();
  }
}
