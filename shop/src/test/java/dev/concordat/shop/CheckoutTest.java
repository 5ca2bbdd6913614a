package dev.concordat.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Fanout;
import dev.concordat.shop.ShopUnderTest.Answer;
import dev.concordat.shop.cart.v1.Availability;
import dev.concordat.shop.cart.v1.Cart;
import dev.concordat.shop.cart.v1.CartState;
import dev.concordat.shop.mailserver.Mail;
import dev.concordat.shop.orders.v1.Order;
import dev.concordat.shop.orders.v1.OrderStatus;
import dev.concordat.shop.pricing.v1.ListProductsResponse;
import dev.concordat.shop.pricing.v1.Product;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RunningShop.class)
class CheckoutTest {
  private static final int MOST_CARDS = 500;
  private static final Duration PLACE_ORDER = Duration.ofSeconds(3);

  private final ShopUnderTest shop;

  CheckoutTest(ShopUnderTest shop) {
    this.shop = shop;
  }

  @Test
  void rangeIsShownWithPrices() {
    ListProductsResponse range =
        shop.get("/v1/products").as(ListProductsResponse.newBuilder()).build();
    assertThat(range.getProductsCount()).isGreaterThan(40);
    Answer one = shop.get("/v1/products/antigua-250g");
    assertThat(one.as(Product.newBuilder()).getUnitPrice().getMinorUnits()).isEqualTo(1190);
    assertThat(shop.get("/v1/products?category=cups&pageSize=3").body()).contains("nextPageToken");
  }

  @Test
  void cartShowsPriceAndStock() {
    Answer created = shop.post("/v1/carts", "{}");
    assertThat(created.status()).isEqualTo(201);
    String cartId = created.as(Cart.newBuilder()).getCartId();
    assertThat(created.header("Location")).isEqualTo("/v1/carts/" + cartId);
    put(cartId, "antigua-250g", 2);
    put(cartId, "founders-blend-2019", 99);
    put(cartId, "antigua-250g", 3);
    Cart cart = shop.get("/v1/carts/" + cartId).as(Cart.newBuilder()).build();
    assertThat(cart.getTotal().getMinorUnits()).isEqualTo(5 * 1190 + 99 * 1590);
    assertThat(cart.getIsStockKnown()).isTrue();
    assertThat(cart.getLinesList())
        .extracting(line -> line.getQuantity() + " " + line.getAvailability())
        .containsExactly("5 " + Availability.AVAILABLE, "99 " + Availability.TOO_FEW);
  }

  @Test
  void happyOrderIsConfirmedPickedAndReceipted() throws InterruptedException {
    String cartId = shop.cart("geisha-esmeralda-100g", 1);
    Answer answer = shop.post("/v1/orders", ShopUnderTest.order(cartId, "tok_visa"), "happy");
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    Order order = answer.as(Order.newBuilder()).build();
    assertThat(order.getStatus()).as(answer.body()).isEqualTo(OrderStatus.CONFIRMED);
    assertThat(answer.header("Location")).isEqualTo("/v1/orders/" + order.getOrderId());
    assertThat(order.getTotal().getMinorUnits()).isEqualTo(3900);
    clean();
    assertThat(shop.mails())
        .filteredOn(mail -> mail.subject().contains(order.getOrderId()))
        .singleElement()
        .matches(mail -> mail.to().equals("ada@example.org"))
        .matches(mail -> mail.body().contains("39.00 EUR"))
        .extracting(Mail::traceparent)
        .asString()
        .isNotEmpty();
  }

  @Test
  void declinedCardGivesTheStockBack() throws InterruptedException {
    Order order = shop.buy("tok_declined");
    assertThat(order.getStatus()).isEqualTo(OrderStatus.REJECTED);
    assertThat(order.getReason()).isEqualTo("card declined");
    Cart cart = shop.get("/v1/carts/" + order.getCartId()).as(Cart.newBuilder()).build();
    assertThat(cart.getState()).isEqualTo(CartState.OPEN);
    Answer again =
        shop.post("/v1/orders", ShopUnderTest.order(order.getCartId(), "tok_visa"), "second-card");
    assertThat(again.as(Order.newBuilder()).getStatus()).isEqualTo(OrderStatus.CONFIRMED);
    clean();
  }

  @Test
  void customerWhoTriesCardsIsRefused() throws InterruptedException {
    String customer = "mallory-" + UUID.randomUUID();
    String reason = "";
    for (int card = 0;
        card < MOST_CARDS && !reason.equals("the order cannot be accepted");
        card++) {
      String body =
          ShopUnderTest.order(shop.cart("antigua-250g", 1), "tok_declined")
              .replace("\"ada\"", "\"" + customer + "\"");
      reason =
          shop.patientlyPost("/v1/orders", body, customer + card)
              .as(Order.newBuilder())
              .getReason();
    }
    assertThat(reason)
        .as("after five declined cards, a moment later")
        .isEqualTo("the order cannot be accepted");
    clean();
  }

  @Test
  void slowPaymentIsTakenBackWithinTheDeadline() throws InterruptedException {
    String cartId = shop.cart("antigua-250g", 1);
    long begun = System.nanoTime();
    Answer answer = shop.post("/v1/orders", ShopUnderTest.order(cartId, "tok_slow"), "slow");
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    assertThat(answer.status()).isEqualTo(201);
    Order order = answer.as(Order.newBuilder()).build();
    assertThat(order.getStatus()).as(answer.body()).isEqualTo(OrderStatus.REJECTED);
    assertThat(order.getReason()).isEqualTo("payment timed out");
    assertThat(took).isLessThan(PLACE_ORDER.plusMillis(200));
    clean();
  }

  @Test
  void moreThanThereIsIsRejected() throws InterruptedException {
    String cartId = shop.cart("founders-blend-2019", 99);
    Order order =
        shop.post("/v1/orders", ShopUnderTest.order(cartId, "tok_visa"), "too-many")
            .as(Order.newBuilder())
            .build();
    assertThat(order.getStatus()).isEqualTo(OrderStatus.REJECTED);
    assertThat(order.getReason()).isEqualTo("out of stock: founders-blend-2019");
    clean();
  }

  @Test
  void confirmedOrderCanBeCancelled() throws InterruptedException {
    Order order = shop.buy("tok_visa");
    Answer cancelled = shop.post("/v1/orders/" + order.getOrderId() + ":cancel", "{}");
    assertThat(cancelled.status()).as(cancelled.body()).isEqualTo(200);
    assertThat(cancelled.as(Order.newBuilder()).getStatus()).isEqualTo(OrderStatus.CANCELLED);
    Answer again = shop.post("/v1/orders/" + order.getOrderId() + ":cancel", "{}");
    assertThat(again.as(Order.newBuilder()).getStatus()).isEqualTo(OrderStatus.CANCELLED);
    clean();
  }

  @Test
  void pendingOrderCanBeCancelled() throws InterruptedException {
    String cartId = shop.cart("antigua-250g", 1);
    List<Integer> statuses =
        Fanout.both(
            () ->
                shop.post("/v1/orders", ShopUnderTest.order(cartId, "tok_slow"), "cancel-pending")
                    .status(),
            () -> cancelFirstOrderOf(cartId),
            List::of);
    assertThat(statuses).containsExactly(201, 200);
    clean();
  }

  @Test
  void rejectedOrderCannotBeCancelled() {
    Order order = shop.buy("tok_declined");
    Answer answer = shop.post("/v1/orders/" + order.getOrderId() + ":cancel", "{}");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("ORDER_REJECTED");
  }

  @Test
  void sameKeyFiftyTimesAtOnceIsOneOrder() throws InterruptedException {
    String body = ShopUnderTest.order(shop.cart("antigua-250g", 1), "tok_visa");
    String key = UUID.randomUUID().toString();
    List<Answer> answers =
        Fanout.each(
            IntStream.range(0, 50).boxed().toList(),
            50,
            i -> shop.patientlyPost("/v1/orders", body, key));
    assertThat(answers).extracting(Answer::status).containsOnly(201);
    assertThat(answers).extracting(Answer::body).containsOnly(answers.getFirst().body());
    Answer other = shop.post("/v1/orders", body.replace("ada@example.org", "eve@example.org"), key);
    assertThat(other.status()).isEqualTo(422);
    clean();
  }

  @Test
  void lastPiecesAreSoldOnce() throws InterruptedException {
    List<Order> orders =
        Fanout.each(
            IntStream.range(0, 40).boxed().toList(),
            16,
            i ->
                shop.patientlyPost(
                        "/v1/orders",
                        ShopUnderTest.order(shop.cart("electric-grinder-flat-64", 25), "tok_visa"),
                        "last-" + i)
                    .as(Order.newBuilder())
                    .build());
    assertThat(orders)
        .filteredOn(order -> order.getStatus() == OrderStatus.CONFIRMED)
        .hasSize(400 / 25);
    clean();
  }

  @Test
  void twoHundredOrdersOfSixteenClientsAddUp() throws InterruptedException {
    long seed = System.nanoTime();
    RandomGenerator random =
        RandomGeneratorFactory.<RandomGenerator.SplittableGenerator>of("L64X128MixRandom")
            .create(seed);
    List<Integer> dice = IntStream.range(0, 200).map(i -> random.nextInt(100)).boxed().toList();
    List<Order> orders =
        Fanout.each(
            dice,
            16,
            number -> {
              Order order = shop.buy(number < 10 ? "tok_declined" : "tok_visa");
              if (number >= 90) {
                shop.post("/v1/orders/" + order.getOrderId() + ":cancel", "{}");
              }
              return order;
            });
    assertThat(orders).as("seed %s", seed).noneMatch(o -> o.getStatus() == OrderStatus.PENDING);
    clean();
  }

  private int cancelFirstOrderOf(String cartId) {
    while (true) {
      String history = shop.get("/v1/customers/ada/orders", "application/x-ndjson").body();
      for (String line : history.lines().toList()) {
        if (line.contains(cartId)) {
          String orderId = line.replaceAll(".*\"orderId\":\\s*\"([^\"]*)\".*", "$1");
          Answer answer = shop.post("/v1/orders/" + orderId + ":cancel", "{}");
          assertThat(answer.as(Order.newBuilder()).getStatus()).isEqualTo(OrderStatus.CANCELLED);
          return answer.status();
        }
      }
    }
  }

  private void put(String cartId, String productId, int quantity) {
    Answer added =
        shop.post(
            "/v1/carts/" + cartId + "/items",
            "{\"productId\": \"%s\", \"quantity\": %d}".formatted(productId, quantity));
    assertThat(added.status()).as(added.body()).isEqualTo(200);
  }

  private void clean() throws InterruptedException {
    assertThat(shop.audit().findings()).isEmpty();
  }
}
