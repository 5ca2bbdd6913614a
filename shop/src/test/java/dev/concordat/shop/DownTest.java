package dev.concordat.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.calls.Calls;
import dev.concordat.core.Clock;
import dev.concordat.core.Deadline;
import dev.concordat.service.Part;
import dev.concordat.service.Plan;
import dev.concordat.service.v1.RetrySagaRequest;
import dev.concordat.service.v1.SagaDeskClient;
import dev.concordat.shop.ShopUnderTest.Answer;
import dev.concordat.shop.orders.v1.Order;
import dev.concordat.shop.orders.v1.OrderStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Orders while a service that they need is away.
class DownTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void anOrderStaysPendingUntilWhatItNeedsIsBackAndIsThenRejectedWithTheReason(@TempDir Path data)
      throws Exception {
    Part stock = Shop.plan().part("stock").orElseThrow();
    Part payments = Shop.plan().part("payments").orElseThrow();
    Plan rest = new Plan("shop", without(stock, payments));
    try (ShopUnderTest shop = ShopUnderTest.start(rest, data);
        Calls operator = shop.calls("cli")) {
      SagaDeskClient sagas = new SagaDeskClient(operator.caller("orders"));

      String cart = shop.cart("antigua-250g", 1);
      Order first = order(shop.post("/v1/orders", wanted(cart), key()));
      assertThat(first.getStatus()).isEqualTo(OrderStatus.PENDING);
      shop.start(stock);
      assertThat(ended(shop, sagas, first)).isEqualTo("REJECTED: the stock could not be reached");

      Order second = order(shop.post("/v1/orders", wanted(cart), key()));
      assertThat(second.getStatus()).isEqualTo(OrderStatus.PENDING);
      shop.start(payments);
      assertThat(ended(shop, sagas, second)).isEqualTo("REJECTED: payment could not be reached");

      Order third = order(shop.patientlyPost("/v1/orders", wanted(cart), key()));
      assertThat(third.getStatus()).isEqualTo(OrderStatus.CONFIRMED);
      assertThat(shop.audit().findings()).isEmpty();
    }
  }

  private static List<Part> without(Part one, Part other) {
    return Shop.plan().parts().stream()
        .filter(part -> !part.equals(one) && !part.equals(other))
        .toList();
  }

  private static String wanted(String cart) {
    return ShopUnderTest.order(cart, "tok_visa");
  }

  private static String key() {
    return UUID.randomUUID().toString();
  }

  private static Order order(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return answer.as(Order.newBuilder()).build();
  }

  /// Tries the undo now, as `concordat sagas retry` does, instead of after its backoff.
  private static String ended(ShopUnderTest shop, SagaDeskClient sagas, Order order) {
    Deadline until = Deadline.after(PATIENCE, Clock.SYSTEM);
    Order now = shop.find(order.getOrderId());
    while (now.getStatus() == OrderStatus.PENDING && !until.expired()) {
      var _ =
          sagas.retrySaga(
              RetrySagaRequest.newBuilder()
                  .setType("checkout")
                  .setSagaId(order.getOrderId())
                  .build());
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
      now = shop.find(order.getOrderId());
    }
    return now.getStatus() + ": " + now.getReason();
  }
}
