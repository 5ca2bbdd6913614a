package dev.concordat.shop.fraud;

import dev.concordat.core.Clock;
import dev.concordat.events.Transaction;
import dev.concordat.shop.fraud.v1.FraudApi;
import dev.concordat.shop.fraud.v1.FraudOwner;
import dev.concordat.shop.fraud.v1.Score;
import dev.concordat.shop.fraud.v1.ScoreOrderRequest;
import dev.concordat.shop.orders.v1.OrderConfirmed;
import dev.concordat.shop.orders.v1.OrderRejected;
import dev.concordat.shop.store.Times;
import java.time.Duration;

/// Learns how orders end, and scores new ones by it.
final class FraudDesk implements FraudApi {
  private static final Duration LATELY = Duration.ofHours(1);

  private final Outcomes outcomes;
  private final Clock clock;

  FraudDesk(Outcomes outcomes, Clock clock) {
    this.outcomes = outcomes;
    this.clock = clock;
  }

  void confirmed(OrderConfirmed event, Transaction<FraudOwner> tx) {
    outcomes.add(
        tx.connection(),
        event.getOrderId(),
        event.getCustomerId(),
        true,
        Times.instant(event.getConfirmedAt()));
  }

  void rejected(OrderRejected event, Transaction<FraudOwner> tx) {
    outcomes.add(
        tx.connection(),
        event.getOrderId(),
        event.getCustomerId(),
        false,
        Times.instant(event.getRejectedAt()));
  }

  @Override
  public Score scoreOrder(ScoreOrderRequest request) {
    History history = outcomes.of(request.getCustomerId(), clock.now().minus(LATELY));
    return Scoring.of(history, request.getTotal());
  }
}
