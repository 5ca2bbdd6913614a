package dev.concordat.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.concordat.calls.probe.v1.Line;
import dev.concordat.calls.probe.v1.PayRequest;
import dev.concordat.calls.probe.v1.SumRequest;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import dev.concordat.core.Violation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ValidationTest {
  private final Probes probes = new Probes();
  private final Pair pair = Pair.of(probes);

  @AfterEach
  void stop() {
    pair.close();
  }

  @Test
  void everyFieldThatBreaksARuleIsNamedWithTheRule() {
    PayRequest request =
        PayRequest.newBuilder()
            .setAmount(-5)
            .addLines(dev.concordat.calls.probe.v1.Line.newBuilder().setSku("a").setQuantity(1))
            .addLines(dev.concordat.calls.probe.v1.Line.newBuilder().setQuantity(101))
            .build();
    assertThatThrownBy(
            () -> Context.current().withIdempotencyKey("k").run(() -> pair.client.pay(request)))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(Code.INVALID_ARGUMENT);
              assertThat(failure.details().decidedBy()).isEqualTo("validate");
              assertThat(failure.details().violations())
                  .extracting(Violation::field, Violation::rule)
                  .containsExactlyInAnyOrder(
                      tuple("order_id", "required"),
                      tuple("amount", "int64.gt"),
                      tuple("lines[1].sku", "required"),
                      tuple("lines[1].quantity", "int32.gt_lte"));
              assertThat(failure.details().violations())
                  .allSatisfy(v -> assertThat(v.description()).isNotBlank());
            });
    assertThat(probes.payments).hasValue(0);
  }

  @Test
  void messageInAStreamIsHeldAgainstTheRulesToo() {
    assertThatThrownBy(
            () -> {
              try (var upload = pair.client.sum()) {
                upload.send(SumRequest.newBuilder().setNumber(1).build());
                upload.send(SumRequest.newBuilder().setNumber(-1).build());
                upload.finish();
              }
            })
        .isInstanceOfSatisfying(
            Failure.class,
            failure ->
                assertThat(failure.details().violations())
                    .extracting(Violation::field)
                    .containsExactly("number"));
  }

  @Test
  void moreViolationsThanTrailersCanCarryAreCutAndNotLost() {
    PayRequest.Builder request = PayRequest.newBuilder().setOrderId("o").setAmount(1);
    for (int i = 0; i < 500; i++) {
      request.addLines(Line.getDefaultInstance());
    }
    assertThatThrownBy(() ->
            Context.current().withIdempotencyKey("k").run(() -> pair.client.pay(request.build())))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(Code.INVALID_ARGUMENT);
              assertThat(failure.message()).contains("999 more");
              assertThat(failure.details().violations()).isNotEmpty();
            });
  }
}
