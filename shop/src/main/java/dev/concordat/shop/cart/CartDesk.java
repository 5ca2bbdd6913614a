package dev.concordat.shop.cart;

import dev.concordat.service.Service;
import dev.concordat.shop.cart.StoredCart.StoredLine;
import dev.concordat.shop.cart.v1.AddItemRequest;
import dev.concordat.shop.cart.v1.AddItemResponse;
import dev.concordat.shop.cart.v1.Cart;
import dev.concordat.shop.cart.v1.CartOwner;
import dev.concordat.shop.cart.v1.CartState;
import dev.concordat.shop.cart.v1.CartsApi;
import dev.concordat.shop.cart.v1.CheckOutCartRequest;
import dev.concordat.shop.cart.v1.CheckOutCartResponse;
import dev.concordat.shop.cart.v1.CreateCartRequest;
import dev.concordat.shop.cart.v1.GetCartRequest;
import dev.concordat.shop.cart.v1.Quote;
import dev.concordat.shop.cart.v1.QuoteCartRequest;
import dev.concordat.shop.cart.v1.QuoteLine;
import dev.concordat.shop.cart.v1.ReopenCartRequest;
import dev.concordat.shop.cart.v1.ReopenCartResponse;
import dev.concordat.shop.pricing.v1.Price;
import dev.concordat.shop.store.Amounts;
import dev.concordat.shop.store.Ids;
import dev.concordat.shop.store.Refusals;
import java.util.List;
import java.util.Map;

/// Answers for carts.
final class CartDesk implements CartsApi {
  private static final int MAX_LINES = 50;

  private final Service<CartOwner> service;
  private final CartShelf shelf;
  private final CartView view;

  CartDesk(Service<CartOwner> service, CartShelf shelf, CartView view) {
    this.service = service;
    this.shelf = shelf;
    this.view = view;
  }

  @Override
  public Cart createCart(CreateCartRequest request) {
    String cartId = Ids.random("cart-");
    try (var tx = service.begin()) {
      shelf.create(tx.connection(), cartId, service.clock().now());
      return service.commit(
          tx,
          Cart.newBuilder()
              .setCartId(cartId)
              .setState(CartState.OPEN)
              .setIsStockKnown(true)
              .build());
    }
  }

  @Override
  public AddItemResponse addItem(AddItemRequest request) {
    find(request.getCartId()); // before anybody else is asked
    String productId = request.getProductId();
    Price price = view.prices(List.of(productId)).get(productId);
    if (price == null) {
      throw Refusals.unknown("product_id", "product", productId);
    }
    try (var tx = service.begin()) {
      CartState state =
          shelf
              .lock(tx.connection(), request.getCartId())
              .orElseThrow(() -> Refusals.unknown("cart_id", "cart", request.getCartId()));
      if (state != CartState.OPEN) {
        throw ordered(request.getCartId());
      }
      int lines = shelf.lines(tx.connection(), request.getCartId());
      StoredLine line = new StoredLine(productId, request.getQuantity());
      int quantity =
          shelf
              .add(tx.connection(), request.getCartId(), line, lines + 1)
              .orElseThrow(
                  () -> Refusals.now("CART_LINE_FULL", "a cart holds at most 99 of a product"));
      if (shelf.lines(tx.connection(), request.getCartId()) > MAX_LINES) {
        throw Refusals.now("CART_FULL", "a cart holds at most " + MAX_LINES + " products");
      }
      return service.commit(tx, added(request, price, quantity));
    }
  }

  @Override
  public Cart getCart(GetCartRequest request) {
    return view.show(find(request.getCartId()));
  }

  @Override
  public Quote quoteCart(QuoteCartRequest request) {
    StoredCart cart = find(request.getCartId());
    Quote.Builder quote =
        Quote.newBuilder()
            .setState(cart.state())
            .setOrderId(cart.orderId())
            .setRevision(cart.revision());
    if (cart.lines().isEmpty()) {
      return quote.build();
    }
    Map<String, Price> prices = view.prices(cart.productIds());
    for (StoredLine line : cart.lines()) {
      Price price = prices.get(line.productId());
      if (price != null) { // what is no longer sold drops out
        quote.addLines(
            QuoteLine.newBuilder()
                .setProductId(line.productId())
                .setName(price.getName())
                .setQuantity(line.quantity())
                .setUnitPrice(price.getUnitPrice()));
      }
    }
    if (quote.getLinesCount() > 0) {
      quote.setTotal(
          Amounts.sum(
              quote.getLinesList().stream()
                  .map(line -> Amounts.times(line.getUnitPrice(), line.getQuantity()))
                  .toList()));
    }
    return quote.build();
  }

  @Override
  public CheckOutCartResponse checkOutCart(CheckOutCartRequest request) {
    String cartId = request.getCartId();
    try (var tx = service.begin()) {
      if (shelf.checkOut(tx.connection(), cartId, request.getOrderId(), request.getRevision())) {
        return service.commit(tx, CheckOutCartResponse.getDefaultInstance());
      }
    }
    throw find(cartId).state() == CartState.OPEN
        ? Refusals.now("CART_CHANGED", "the cart was changed while it was being ordered")
        : ordered(cartId);
  }

  @Override
  public ReopenCartResponse reopenCart(ReopenCartRequest request) {
    try (var tx = service.begin()) {
      shelf.reopen(tx.connection(), request.getCartId(), request.getOrderId());
      return service.commit(tx, ReopenCartResponse.getDefaultInstance());
    }
  }

  private StoredCart find(String cartId) {
    return shelf.find(cartId).orElseThrow(() -> Refusals.unknown("cart_id", "cart", cartId));
  }

  private static AddItemResponse added(AddItemRequest request, Price price, int quantity) {
    return AddItemResponse.newBuilder()
        .setCartId(request.getCartId())
        .setProductId(request.getProductId())
        .setName(price.getName())
        .setQuantity(quantity)
        .setUnitPrice(price.getUnitPrice())
        .build();
  }

  private static RuntimeException ordered(String cartId) {
    return Refusals.now("CART_ORDERED", "cart \"" + cartId + "\" was ordered; begin a new one");
  }
}
