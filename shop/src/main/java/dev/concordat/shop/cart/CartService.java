package dev.concordat.shop.cart;

import dev.concordat.events.schedules.Cron;
import dev.concordat.service.Concordat;
import dev.concordat.service.Environment;
import dev.concordat.service.Running;
import dev.concordat.shop.cart.v1.CartOwner;
import dev.concordat.shop.cart.v1.CartsApi;
import dev.concordat.shop.cart.v1.ClearCarts;
import dev.concordat.shop.pricing.v1.PricingClient;
import dev.concordat.shop.stock.v1.StockClient;
import java.time.ZoneOffset;

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
    var shelf = new CartShelf(service.database());
    service.implement(CartsApi.CONTRACT, new CartDesk(service, shelf, view));
    var abandoned = new Abandoned(shelf, service.clock());
    service.work(ClearCarts.class, (task, lease, tx) -> abandoned.clear(task, tx));
    service.schedule(
        "abandoned-carts", ClearCarts.class, Cron.of("0 * * * *", ZoneOffset.UTC), abandoned::due);
    return service.start();
  }
}
