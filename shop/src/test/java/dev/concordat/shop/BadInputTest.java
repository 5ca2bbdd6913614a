package dev.concordat.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.concordat.shop.ShopUnderTest.Answer;
import dev.concordat.shop.cart.v1.Cart;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(RunningShop.class)
class BadInputTest {
  private static final String ORDER =
      """
      {"cartId": "%s", "customerId": "%s", "email": "%s", "paymentToken": "%s"}
      """;

  private final ShopUnderTest shop;

  BadInputTest(ShopUnderTest shop) {
    this.shop = shop;
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("gets")
  void unknownIsNotFound(String path, String named) {
    problem(shop.get(path), 404, named);
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("posts")
  void wrongRequestIsRefusedWithItsField(String path, String body, int status, String named) {
    String cart = shop.cart("antigua-250g", 1);
    Answer answer =
        path.equals("/v1/orders")
            ? shop.post(path, body.replace("CART", cart), cart)
            : shop.post(path.replace("CART", cart), body);
    problem(answer, status, named);
  }

  @Test
  void orderNeedsAKey() {
    String body = ShopUnderTest.order(shop.cart("antigua-250g", 1), "tok_visa");
    problem(shop.post("/v1/orders", body), 400, "IDEMPOTENCY_KEY_MISSING");
  }

  @Test
  void emptyCartCannotBeOrdered() {
    String cart = shop.post("/v1/carts", "{}").as(Cart.newBuilder()).getCartId();
    problem(
        shop.post("/v1/orders", ShopUnderTest.order(cart, "tok_visa"), cart), 400, "CART_EMPTY");
  }

  @Test
  void cartCannotBeOrderedTwice() {
    String body = ShopUnderTest.order(shop.cart("antigua-250g", 1), "tok_visa");
    assertThat(shop.post("/v1/orders", body, "once").status()).isEqualTo(201);
    problem(shop.post("/v1/orders", body, "twice"), 400, "CART_ORDERED");
  }

  private static Stream<Arguments> gets() {
    return Stream.of(
        arguments("/v1/products/unobtainium", "product_id"),
        arguments("/v1/carts/cart-0", "cart_id"),
        arguments("/v1/orders/ord-0", "order_id"),
        arguments("/v1/orders/ord-0/changes", "order_id"),
        arguments("/v1/nothing", "/v1/nothing"));
  }

  private static Stream<Arguments> posts() {
    String items = "/v1/carts/CART/items";
    String orders = "/v1/orders";
    return Stream.of(
        arguments(items, "{\"productId\": \"antigua-250g\", \"quantity\": -1}", 400, "quantity"),
        arguments(items, "{\"productId\": \"antigua-250g\", \"quantity\": 0}", 400, "quantity"),
        arguments(items, "{\"productId\": \"antigua-250g\", \"quantity\": 100}", 400, "quantity"),
        arguments(items, "{\"productId\": \"antigua-250g\", \"quantity\": \"x\"}", 400, "quantity"),
        arguments(items, "{\"productId\": \"antigua-250g\", \"quantity\": 1.5}", 400, "quantity"),
        arguments(items, "{\"quantity\": 1}", 400, "product_id"),
        arguments(items, "{\"productId\": \"unobtainium\", \"quantity\": 1}", 404, "product_id"),
        arguments(items, "{\"productId\": \"antigua-250g\", \"colour\": 1}", 400, "colour"),
        arguments(items, "{\"productId\": ", 400, ""),
        arguments(items, "[]", 400, ""),
        arguments("/v1/carts/cart-0/items", item(), 404, "cart_id"),
        arguments(orders, ORDER.formatted("cart-0", "ada", "a@example.org", "tok"), 404, "cart_id"),
        arguments(orders, ORDER.formatted("", "ada", "a@example.org", "tok"), 400, "cart_id"),
        arguments(
            orders, ORDER.formatted("CART", "a b", "a@example.org", "tok"), 400, "customer_id"),
        arguments(orders, ORDER.formatted("CART", "ada", "not an address", "tok"), 400, "email"),
        arguments(
            orders, ORDER.formatted("CART", "ada", "a@example.org", ""), 400, "payment_token"),
        arguments("/v1/orders/ord-0:cancel", "{}", 404, "order_id"));
  }

  private static String item() {
    return "{\"productId\": \"antigua-250g\", \"quantity\": 1}";
  }

  private static void problem(Answer answer, int status, String named) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
    assertThat(spelt(answer.body())).contains(spelt(named)).doesNotContain("exception");
  }

  /// `product_id` and `productId` alike.
  private static String spelt(String text) {
    return text.replace("_", "").toLowerCase(Locale.ROOT);
  }
}
