package dev.concordat.shop.warehouse;

import dev.concordat.service.Concordat;
import dev.concordat.service.Environment;
import dev.concordat.service.Running;
import dev.concordat.shop.orders.v1.OrderCancelled;
import dev.concordat.shop.orders.v1.OrderConfirmed;
import dev.concordat.shop.warehouse.v1.PickOrder;
import dev.concordat.shop.warehouse.v1.WarehouseApi;
import dev.concordat.shop.warehouse.v1.WarehouseOwner;

/// The warehouse service, put together.
public final class WarehouseService {
  private WarehouseService() {}

  /// Starts it.
  public static Running start(Environment environment) {
    var service = Concordat.service(WarehouseOwner.OWNER, environment);
    service.migrate(WarehouseService.class, "warehouse.sql");
    var desk = new PickingDesk(new PickingBook(service.database()), service.clock());
    service.implement(WarehouseApi.CONTRACT, desk);
    service.subscribe(OrderConfirmed.class, "picking", desk::open);
    service.subscribe(OrderCancelled.class, "picking-cancelled", desk::cancel);
    service.work(PickOrder.class, (task, lease, tx) -> desk.pick(task, tx));
    return service.start();
  }
}
