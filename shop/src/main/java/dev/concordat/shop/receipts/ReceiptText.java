package dev.concordat.shop.receipts;

import dev.concordat.shop.orders.v1.OrderConfirmed;
import dev.concordat.shop.orders.v1.OrderLine;
import dev.concordat.shop.pricing.v1.Money;
import dev.concordat.shop.store.Amounts;
import java.math.BigDecimal;
import java.util.Currency;

/// What stands in the mail.
final class ReceiptText {
  private ReceiptText() {}

  static String subject(OrderConfirmed confirmed) {
    return "Your order " + confirmed.getOrderId();
  }

  static String body(OrderConfirmed confirmed) {
    StringBuilder text = new StringBuilder("Thank you for your order.\r\n\r\n");
    for (OrderLine line : confirmed.getLinesList()) {
      Money price = Amounts.times(line.getUnitPrice(), line.getQuantity());
      text.append(
          "%3d x %-40s %12s%n".formatted(line.getQuantity(), line.getName(), written(price)));
    }
    return text.append("\r\nPaid: ")
        .append(written(confirmed.getTotal()))
        .append("\r\n")
        .toString();
  }

  static String written(Money amount) {
    int digits = Currency.getInstance(amount.getCurrencyCode()).getDefaultFractionDigits();
    return BigDecimal.valueOf(amount.getMinorUnits(), digits).toPlainString()
        + " "
        + amount.getCurrencyCode();
  }
}
