package dev.concordat.shop.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.calls.Calls;
import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.StaticResolver;
import dev.concordat.core.Clock;
import dev.concordat.core.Failure;
import dev.concordat.shop.fraud.v1.Advice;
import dev.concordat.shop.fraud.v1.FraudClient;
import dev.concordat.shop.fraud.v1.Score;
import dev.concordat.shop.orders.v1.CheckoutInput;
import dev.concordat.shop.store.Amounts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class RiskCheckTest {
  @Test
  void withoutTheFraudServiceSmallOrdersAreTaken() throws IOException {
    assertThat(scoreWithoutFraud(50_000).getAdvice()).isEqualTo(Advice.ACCEPT);
    Score large = scoreWithoutFraud(50_001);
    assertThat(large.getAdvice()).isEqualTo(Advice.REFUSE);
    assertThat(large.getFindingsList()).singleElement().asString().contains("not scored");
  }

  @Test
  void whoIsNotWantedIsNotToldWhy() {
    Score score = Score.newBuilder().setAdvice(Advice.REFUSE).addFindings("secret").build();
    assertThatThrownBy(() -> RiskCheck.refuse(score))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("the order cannot be accepted")
        .hasMessageNotContaining("secret");
  }

  private static Score scoreWithoutFraud(long total) throws IOException {
    // Accepts connections and never answers, like a process that hangs.
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Calls calls =
            Calls.open(
                "orders",
                StaticResolver.of("fraud", Endpoint.of("127.0.0.1", silent.getLocalPort())))) {
      var check = new RiskCheck(calls.client(FraudClient.FACTORY), Clock.SYSTEM);
      return check.score(
          CheckoutInput.newBuilder()
              .setOrderId("ord-1")
              .setCustomerId("ada")
              .setTotal(Amounts.of(total, "EUR"))
              .build());
    }
  }
}
