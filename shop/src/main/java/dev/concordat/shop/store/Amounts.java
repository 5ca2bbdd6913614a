package dev.concordat.shop.store;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.shop.pricing.v1.Money;
import java.util.List;

/// Sums of money, exact: what does not fit or mixes currencies is refused.
public final class Amounts {
  private Amounts() {}

  /// So many minor units of a currency.
  public static Money of(long minorUnits, String currencyCode) {
    return Money.newBuilder().setMinorUnits(minorUnits).setCurrencyCode(currencyCode).build();
  }

  /// So many times the amount.
  public static Money times(Money amount, int count) {
    return of(Math.multiplyExact(amount.getMinorUnits(), count), amount.getCurrencyCode());
  }

  /// All of them together.
  ///
  /// @param amounts at least one, all in one currency
  /// @throws Failure with `FAILED_PRECONDITION` for more than one currency
  public static Money sum(List<Money> amounts) {
    Money sum = amounts.getFirst();
    for (Money amount : amounts.subList(1, amounts.size())) {
      if (!amount.getCurrencyCode().equals(sum.getCurrencyCode())) {
        throw Failure.of(
            Code.FAILED_PRECONDITION,
            "one order is paid in one currency, but it has "
                + sum.getCurrencyCode()
                + " and "
                + amount.getCurrencyCode());
      }
      sum = of(Math.addExact(sum.getMinorUnits(), amount.getMinorUnits()), sum.getCurrencyCode());
    }
    return sum;
  }
}
