package dev.concordat.shop.stock;

import dev.concordat.service.Concordat;
import dev.concordat.service.Environment;
import dev.concordat.service.Running;
import dev.concordat.shop.orders.v1.OrderConfirmed;
import dev.concordat.shop.stock.v1.StockApi;
import dev.concordat.shop.stock.v1.StockOwner;

/// The stock service, put together.
public final class StockService {
  private StockService() {}

  /// Starts it.
  public static Running start(Environment environment) {
    var service = Concordat.service(StockOwner.OWNER, environment);
    service.migrate(StockService.class, "stock.sql", "opening.sql");
    var books = new StockBooks(service.database());
    var reservations = new Reservations(books, service.clock());
    service.implement(StockApi.CONTRACT, new StockDesk(service, books, reservations));
    service.subscribe(
        OrderConfirmed.class,
        "deduct",
        (event, tx) -> reservations.deduct(tx.connection(), event.getOrderId()));
    return service.start();
  }
}
