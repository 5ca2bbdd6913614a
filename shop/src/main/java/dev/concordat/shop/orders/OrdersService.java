package dev.concordat.shop.orders;

import dev.concordat.service.Concordat;
import dev.concordat.service.Environment;
import dev.concordat.service.Running;
import dev.concordat.shop.orders.v1.CheckoutInput;
import dev.concordat.shop.orders.v1.CheckoutOutcome;
import dev.concordat.shop.orders.v1.FinishCancellation;
import dev.concordat.shop.orders.v1.OrdersApi;
import dev.concordat.shop.orders.v1.OrdersOwner;

/// The orders service, put together.
public final class OrdersService {
  private OrdersService() {}

  /// Starts it.
  public static Running start(Environment environment) {
    var service = Concordat.service(OrdersOwner.OWNER, environment);
    service.migrate(OrdersService.class, "orders.sql");
    var book = new OrderBook(service.database());
    var bell = new OrderBell();
    var endings = new Endings(book, bell, service.clock());
    var saga = new Checkout(service, book, endings);
    var checkout =
        service.saga(
            "checkout",
            CheckoutInput.getDefaultInstance(),
            CheckoutOutcome.getDefaultInstance(),
            saga::run);
    var cancellation = new Cancellation(service, book, endings, checkout);
    service.work(FinishCancellation.class, (task, lease) -> cancellation.finish(task));
    service.implement(
        OrdersApi.CONTRACT,
        new OrderDesk(
            book,
            new Placement(service, book, checkout),
            cancellation,
            new OrderWatch(book, bell)));
    return service.start();
  }
}
