package dev.concordat.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.calls.Calls;
import dev.concordat.core.Source;
import dev.concordat.service.Databases;
import dev.concordat.service.Environment;
import dev.concordat.service.v1.ForgetPersonRequest;
import dev.concordat.service.v1.PeopleClient;
import dev.concordat.service.v1.ReadTopicRequest;
import dev.concordat.service.v1.TopicRead;
import dev.concordat.service.v1.TopicsClient;
import dev.concordat.shop.orders.OrdersService;
import dev.concordat.shop.orders.v1.Order;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// A customer's e-mail address stands in the order confirmed, encrypted.
@ExtendWith(RunningShop.class)
class ForgettingTest {
  private static final String ADDRESS = "grace.hopper@example.org";

  private final ShopUnderTest shop;

  ForgettingTest(ShopUnderTest shop) {
    this.shop = shop;
  }

  @Test
  void theReceiptArrivesAndNoTableOfConcordatHoldsTheAddress() throws Exception {
    String customer = "grace-" + UUID.randomUUID();
    Order order = buy(customer);
    assertThat(shop.audit().findings()).isEmpty();
    assertThat(shop.mails()).anyMatch(mail -> mail.to().contains(ADDRESS));

    assertThat(shop.tablesOfConcordatWith(order.getOrderId())).isNotEmpty();
    assertThat(shop.tablesOfConcordatWith(ADDRESS)).isEmpty();
    try (Calls operator = shop.calls("cli")) {
      assertThat(tail(operator, order)).contains(customer, "<encrypted>").doesNotContain(ADDRESS);

      ForgetPersonRequest request = ForgetPersonRequest.newBuilder().setPerson(customer).build();
      PeopleClient people = new PeopleClient(operator.caller("orders"));
      assertThat(people.forgetPerson(request).getWasKnown()).isTrue();
      assertThat(people.forgetPerson(request).getWasKnown()).isFalse();
      assertThat(tail(operator, order)).contains(customer, "<forgotten>");
    }
    assertThat(shop.audit().findings()).isEmpty();
  }

  @Test
  void ordersDoNotStartWithoutAMasterKey(@TempDir Path folder) {
    Environment environment =
        new Environment(
            "orders", new Databases(shop.database("keyless"), shop.database("keyless")), folder);
    assertThatThrownBy(() -> OrdersService.start(environment))
        .hasMessageContaining("orders tells shop.orders.v1.OrderConfirmed")
        .hasMessageContaining("CONCORDAT_MASTER_KEY_FILE");
  }

  private Order buy(String customer) {
    String order = ShopUnderTest.order(shop.cart("antigua-250g", 1), "tok_visa");
    return shop.patientlyPost(
            "/v1/orders",
            order.replace("\"ada\"", "\"" + customer + "\"").replace("ada@example.org", ADDRESS),
            UUID.randomUUID().toString())
        .as(Order.newBuilder())
        .build();
  }

  private static String tail(Calls operator, Order order) {
    ReadTopicRequest request =
        ReadTopicRequest.newBuilder().setTopic("OrderConfirmed").setKey(order.getOrderId()).build();
    try (Source<TopicRead> source =
        new TopicsClient(operator.caller("receipts")).readTopic(request)) {
      for (Optional<TopicRead> read = source.next(); read.isPresent(); read = source.next()) {
        if (read.get().hasMessage()) {
          return read.get().getMessage().getMessageJson();
        }
      }
    }
    throw new AssertionError("the order was not told");
  }
}
