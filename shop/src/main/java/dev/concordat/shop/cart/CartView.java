package dev.concordat.shop.cart;

import dev.concordat.core.Clock;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.core.Fanout;
import dev.concordat.shop.cart.StoredCart.StoredLine;
import dev.concordat.shop.cart.v1.Availability;
import dev.concordat.shop.cart.v1.Cart;
import dev.concordat.shop.cart.v1.CartLine;
import dev.concordat.shop.pricing.v1.GetPricesRequest;
import dev.concordat.shop.pricing.v1.Price;
import dev.concordat.shop.pricing.v1.PricingClient;
import dev.concordat.shop.stock.v1.GetLevelsRequest;
import dev.concordat.shop.stock.v1.Level;
import dev.concordat.shop.stock.v1.StockClient;
import dev.concordat.shop.store.Amounts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Completes a cart with what others know: prices, without which there is no answer, and the stock,
/// without which there is one that says so. Both are asked for at the same time.
final class CartView {
  private final PricingClient pricing;
  private final StockClient stock;
  private final Clock clock;

  CartView(PricingClient pricing, StockClient stock, Clock clock) {
    this.pricing = pricing;
    this.stock = stock;
    this.clock = clock;
  }

  Cart show(StoredCart cart) {
    if (cart.lines().isEmpty()) {
      return bare(cart).setIsStockKnown(true).build();
    }
    List<String> products = cart.productIds();
    return Fanout.both(
        () -> prices(products),
        () -> levelsIfKnown(products),
        (prices, levels) -> complete(cart, prices, levels));
  }

  /// What the products cost.
  Map<String, Price> prices(List<String> productIds) {
    return pricing
        .getPrices(GetPricesRequest.newBuilder().addAllProductIds(productIds).build())
        .getPricesList()
        .stream()
        .collect(Collectors.toMap(Price::getProductId, Function.identity()));
  }

  private Optional<Map<String, Level>> levelsIfKnown(List<String> productIds) {
    GetLevelsRequest request = GetLevelsRequest.newBuilder().addAllProductIds(productIds).build();
    try {
      return Context.current()
          .withDeadline(Deadline.after(patience(), clock))
          .call(() ->
              Optional.of(
                  stock.getLevels(request).getLevelsList().stream()
                      .collect(Collectors.toMap(Level::getProductId, Function.identity()))));
    } catch (Failure unknown) {
      return Optional.empty();
    }
  }

  /// Three quarters of the time that is left: the rest is for answering without the stock.
  private static Duration patience() {
    Duration left =
        Context.current().deadline().map(Deadline::remaining).orElse(Duration.ofSeconds(1));
    return left.multipliedBy(3).dividedBy(4);
  }

  private static Cart complete(
      StoredCart cart, Map<String, Price> prices, Optional<Map<String, Level>> levels) {
    List<CartLine> lines = new ArrayList<>();
    for (StoredLine line : cart.lines()) {
      Price price = prices.get(line.productId());
      if (price != null) { // what is no longer sold drops out of the cart
        lines.add(line(line, price, levels));
      }
    }
    Cart.Builder shown = bare(cart).addAllLines(lines).setIsStockKnown(levels.isPresent());
    if (!lines.isEmpty()) {
      shown.setTotal(Amounts.sum(lines.stream().map(CartLine::getLinePrice).toList()));
    }
    return shown.build();
  }

  private static CartLine line(StoredLine line, Price price, Optional<Map<String, Level>> levels) {
    CartLine.Builder shown =
        CartLine.newBuilder()
            .setProductId(line.productId())
            .setName(price.getName())
            .setQuantity(line.quantity())
            .setUnitPrice(price.getUnitPrice())
            .setLinePrice(Amounts.times(price.getUnitPrice(), line.quantity()))
            .setAvailability(Availability.UNKNOWN);
    levels
        .map(known -> known.get(line.productId()))
        .ifPresent(level -> {
          long available = level.getOnHand() - level.getHeld();
          shown.setInStock(available).setAvailability(availability(line, available));
        });
    return shown.build();
  }

  private static Availability availability(StoredLine line, long available) {
    if (available >= line.quantity()) {
      return Availability.AVAILABLE;
    }
    return available > 0 ? Availability.TOO_FEW : Availability.SOLD_OUT;
  }

  private static Cart.Builder bare(StoredCart cart) {
    return Cart.newBuilder().setCartId(cart.cartId()).setState(cart.state());
  }
}
