package dev.concordat.shop.orders;

import dev.concordat.core.Clock;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Fallback;
import dev.concordat.shop.fraud.v1.Advice;
import dev.concordat.shop.fraud.v1.FraudClient;
import dev.concordat.shop.fraud.v1.Score;
import dev.concordat.shop.fraud.v1.ScoreOrderRequest;
import dev.concordat.shop.orders.v1.CheckoutInput;
import dev.concordat.shop.store.Refusals;
import java.time.Duration;

/// Asks whether an order smells. When nobody can say so in time, small orders are taken all the
/// same: the shop would lose more by turning them away.
final class RiskCheck {
  /// What we can afford to lose, in minor units.
  private static final long SMALL = 50_000;

  private static final Duration PATIENCE = Duration.ofMillis(300);

  private final FraudClient fraud;
  private final Clock clock;

  RiskCheck(FraudClient fraud, Clock clock) {
    this.fraud = fraud;
    this.clock = clock;
  }

  /// The advice, which is recorded with the order's checkout.
  Score score(CheckoutInput input) {
    ScoreOrderRequest request =
        ScoreOrderRequest.newBuilder()
            .setOrderId(input.getOrderId())
            .setCustomerId(input.getCustomerId())
            .setTotal(input.getTotal())
            .build();
    Context hurried = Context.current().withDeadline(Deadline.after(PATIENCE, clock));
    return Fallback.of(() -> hurried.call(() -> fraud.scoreOrder(request)))
        .whenDown(failure -> unknown(input))
        .get();
  }

  private static Score unknown(CheckoutInput input) {
    boolean small = input.getTotal().getMinorUnits() <= SMALL;
    return Score.newBuilder()
        .setAdvice(small ? Advice.ACCEPT : Advice.REFUSE)
        .addFindings("not scored: the fraud service did not answer in time")
        .build();
  }

  /// Ends the checkout of an order that is not wanted. The shopper is not told what gave it away.
  static void refuse(Score score) {
    if (score.getAdvice() == Advice.REFUSE) {
      throw Refusals.now("ORDER_REFUSED", "the order cannot be accepted");
    }
  }
}
