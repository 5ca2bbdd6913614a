package dev.concordat.shop.pricing;

import dev.concordat.service.Concordat;
import dev.concordat.service.Environment;
import dev.concordat.service.Running;
import dev.concordat.shop.pricing.v1.PricingApi;
import dev.concordat.shop.pricing.v1.PricingOwner;

/// The pricing service, put together.
public final class PricingService {
  private PricingService() {}

  /// Starts it.
  public static Running start(Environment environment) {
    var service = Concordat.service(PricingOwner.OWNER, environment);
    service.migrate(PricingService.class, "pricing.sql", "range.sql");
    service.implement(PricingApi.CONTRACT, new PriceDesk(new ProductRange(service.database())));
    return service.start();
  }
}
