package dev.concordat.shop.orders;

import dev.concordat.calls.IdempotentCall;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import dev.concordat.core.Sink;
import dev.concordat.shop.orders.v1.CancelOrderRequest;
import dev.concordat.shop.orders.v1.GetOrderRequest;
import dev.concordat.shop.orders.v1.ListCustomerOrdersRequest;
import dev.concordat.shop.orders.v1.ListOrdersRequest;
import dev.concordat.shop.orders.v1.Order;
import dev.concordat.shop.orders.v1.OrderChange;
import dev.concordat.shop.orders.v1.OrdersApi;
import dev.concordat.shop.orders.v1.PlaceOrderRequest;
import dev.concordat.shop.orders.v1.WatchOrderRequest;
import dev.concordat.shop.store.Ids;
import dev.concordat.shop.store.Refusals;

/// Answers for orders.
final class OrderDesk implements OrdersApi {
  private final OrderBook book;
  private final Placement placement;
  private final Cancellation cancellation;
  private final OrderWatch watch;

  OrderDesk(OrderBook book, Placement placement, Cancellation cancellation, OrderWatch watch) {
    this.book = book;
    this.placement = placement;
    this.cancellation = cancellation;
    this.watch = watch;
  }

  @Override
  public Order placeOrder(PlaceOrderRequest request) {
    String orderId = orderId();
    StoredOrder present = book.find(orderId).orElseGet(() -> placement.place(orderId, request));
    if (!sameOrder(present, request)) {
      // Longer ago than idempotency keys are remembered, or they would have said so.
      throw Failure.of(
              Code.INVALID_ARGUMENT,
              "this idempotency key was used for another order; take a new one")
          .with(Failure.Details.NONE.withReason("IDEMPOTENCY_KEY_REUSED"));
    }
    return watch.settled(orderId).order();
  }

  @Override
  public Order getOrder(GetOrderRequest request) {
    return find(request.getOrderId()).order();
  }

  @Override
  public void watchOrder(WatchOrderRequest request, Sink<OrderChange> out) {
    watch.follow(request.getOrderId(), out);
  }

  @Override
  public void listCustomerOrders(ListCustomerOrdersRequest request, Sink<Order> out) {
    book.history(request.getCustomerId(), out::send);
  }

  @Override
  public Order cancelOrder(CancelOrderRequest request) {
    cancellation.begin(request);
    return watch.settled(request.getOrderId()).order();
  }

  @Override
  public void listOrders(ListOrdersRequest request, Sink<Order> out) {
    book.all(out::send);
  }

  /// The same for the same caller and key: when this process dies after the order was written down
  /// and before it was answered, the caller's next try finds the order instead of placing another.
  private static String orderId() {
    String key =
        IdempotentCall.current()
            .map(IdempotentCall::key)
            .orElseThrow(
                () -> Failure.of(Code.INVALID_ARGUMENT, "an order needs an idempotency key"));
    return Ids.derived("ord-", Context.current().caller().orElse(""), key);
  }

  private static boolean sameOrder(StoredOrder present, PlaceOrderRequest request) {
    return present.order().getCartId().equals(request.getCartId())
        && present.order().getCustomerId().equals(request.getCustomerId())
        && present.email().equals(request.getEmail());
  }

  private StoredOrder find(String orderId) {
    return book.find(orderId).orElseThrow(() -> Refusals.unknown("order_id", "order", orderId));
  }
}
