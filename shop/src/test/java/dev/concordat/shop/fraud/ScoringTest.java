package dev.concordat.shop.fraud;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.shop.fraud.v1.Advice;
import dev.concordat.shop.fraud.v1.Score;
import dev.concordat.shop.store.Amounts;
import org.junit.jupiter.api.Test;

class ScoringTest {
  @Test
  void knownCustomerIsNotSuspected() {
    Score score = Scoring.of(new History(12, 1, 0), Amounts.of(3_000, "EUR"));
    assertThat(score.getRisk()).isZero();
    assertThat(score.getAdvice()).isEqualTo(Advice.ACCEPT);
    assertThat(score.getFindingsList()).isEmpty();
  }

  @Test
  void strangerMayOrderMuch() {
    Score score = Scoring.of(new History(0, 0, 0), Amounts.of(1_000_000, "EUR"));
    assertThat(score.getAdvice()).isEqualTo(Advice.ACCEPT);
    assertThat(score.getFindingsList()).hasSize(2);
  }

  @Test
  void strangerWhoseCardsFailMayNotOrderMuch() {
    Score score = Scoring.of(new History(0, 0, 2), Amounts.of(1_000_000, "EUR"));
    assertThat(score.getAdvice()).isEqualTo(Advice.REFUSE);
  }

  @Test
  void cardTesterIsRefused() {
    assertThat(Scoring.of(new History(0, 0, 5), Amounts.of(100, "EUR")).getAdvice())
        .isEqualTo(Advice.REFUSE);
    assertThat(Scoring.of(new History(3, 3, 6), Amounts.of(100, "EUR")).getAdvice())
        .as("unlucky, but not more than twice as often as not")
        .isEqualTo(Advice.ACCEPT);
  }

  @Test
  void riskEndsAtHundred() {
    assertThat(Scoring.of(new History(0, 0, 50), Amounts.of(1_000_000, "EUR")).getRisk())
        .isEqualTo(100);
  }
}
