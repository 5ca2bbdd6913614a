package dev.concordat.shop.receipts;

import dev.concordat.service.Concordat;
import dev.concordat.service.Environment;
import dev.concordat.service.Running;
import dev.concordat.shop.orders.v1.OrderConfirmed;
import dev.concordat.shop.receipts.v1.ReceiptsApi;
import dev.concordat.shop.receipts.v1.ReceiptsOwner;
import dev.concordat.shop.receipts.v1.SendReceipt;

/// The receipts service, put together.
public final class ReceiptsService {
  private ReceiptsService() {}

  /// Starts it.
  public static Running start(Environment environment) {
    var service = Concordat.service(ReceiptsOwner.OWNER, environment);
    service.migrate(ReceiptsService.class, "receipts.sql");
    var post =
        new PostOffice(environment.address("mailserver"), service.observer(), service.clock());
    var desk = new ReceiptDesk(service, new ReceiptBook(service.database()), post);
    service.implement(ReceiptsApi.CONTRACT, desk);
    service.subscribe(OrderConfirmed.class, "receipts", desk::open);
    service.work(SendReceipt.class, (task, lease) -> desk.send(task));
    return service.start();
  }
}
