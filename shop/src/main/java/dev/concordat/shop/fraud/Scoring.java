package dev.concordat.shop.fraud;

import dev.concordat.shop.fraud.v1.Advice;
import dev.concordat.shop.fraud.v1.Score;
import dev.concordat.shop.pricing.v1.Money;

/// What speaks against an order, added up. One sign alone refuses nobody but a card tester.
final class Scoring {
  private static final int MOST = 100;
  private static final int REFUSED_FROM = 70;

  private static final int REJECTIONS = 5;
  private static final int TESTING_CARDS = 80;
  private static final int STRANGER = 20;
  private static final long MUCH = 500_000;
  private static final int MUCH_MONEY = 40;
  private static final int SOME_REJECTIONS = 2;
  private static final int UNLUCKY = 20;

  private Scoring() {}

  static Score of(History history, Money total) {
    Score.Builder score = Score.newBuilder();
    int risk = 0;
    int rejected = history.rejectedLately();
    if (rejected >= REJECTIONS && rejected > 2 * history.lately()) {
      risk += TESTING_CARDS;
      score.addFindings(rejected + " orders came to nothing within the hour");
    } else if (rejected >= SOME_REJECTIONS && rejected > history.lately()) {
      risk += UNLUCKY;
      score.addFindings("more orders came to nothing than were paid for within the hour");
    }
    if (history.confirmed() == 0) {
      risk += STRANGER;
      score.addFindings("nothing was ever paid for");
    }
    if (total.getMinorUnits() >= MUCH) {
      risk += MUCH_MONEY;
      score.addFindings("a large order");
    }
    return score
        .setRisk(Math.min(risk, MOST))
        .setAdvice(risk >= REFUSED_FROM ? Advice.REFUSE : Advice.ACCEPT)
        .build();
  }
}
