package dev.concordat.shop.fraud;

import dev.concordat.service.Concordat;
import dev.concordat.service.Environment;
import dev.concordat.service.Running;
import dev.concordat.shop.fraud.v1.FraudApi;
import dev.concordat.shop.fraud.v1.FraudOwner;
import dev.concordat.shop.orders.v1.OrderConfirmed;
import dev.concordat.shop.orders.v1.OrderRejected;

/// The fraud service, put together.
public final class FraudService {
  private FraudService() {}

  /// Starts it.
  public static Running start(Environment environment) {
    var service = Concordat.service(FraudOwner.OWNER, environment);
    service.migrate(FraudService.class, "fraud.sql");
    var desk = new FraudDesk(new Outcomes(service.database()), service.clock());
    service.implement(FraudApi.CONTRACT, desk);
    service.subscribe(OrderConfirmed.class, "fraud-confirmed", desk::confirmed);
    service.subscribe(OrderRejected.class, "fraud-rejected", desk::rejected);
    return service.start();
  }
}
