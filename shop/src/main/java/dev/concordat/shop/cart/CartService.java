package dev.concordat.shop.cart;

import dev.concordat.service.Concordat;
import dev.concordat.service.Environment;
import dev.concordat.service.Running;
import dev.concordat.shop.cart.v1.CartOwner;
import dev.concordat.shop.cart.v1.CartsApi;
import dev.concordat.shop.pricing.v1.PricingClient;
import dev.concordat.shop.stock.v1.StockClient;

/// The cart service, put together.
public final class CartService {
  private CartService() {}

  /// Starts it.
  public static Running start(Environment environment) {
    var service = Concordat.service(CartOwner.OWNER, environment);
    service.migrate(CartService.class, "cart.sql");
    var view =
        new CartView(
            service.client(PricingClient.FACTORY),
            service.client(StockClient.FACTORY),
            service.clock());
    var desk = new CartDesk(service, new CartShelf(service.database()), view);
    service.implement(CartsApi.CONTRACT, desk);
    return service.start();
  }
}
