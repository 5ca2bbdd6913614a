package dev.concordat.shop.audit;

import dev.concordat.shop.orders.v1.Order;
import dev.concordat.shop.payments.v1.Payment;
import dev.concordat.shop.payments.v1.PaymentState;
import dev.concordat.shop.payments.v1.StatementLine;
import java.util.ArrayList;
import java.util.List;

/// Whether the money of an order is where it belongs, by our books and by the payment company's.
final class MoneyCheck {
  private MoneyCheck() {}

  static List<Finding> taken(Order order, List<Payment> payments, List<StatementLine> statement) {
    String id = order.getOrderId();
    long total = order.getTotal().getMinorUnits();
    List<Finding> found = new ArrayList<>();
    long captured =
        payments.stream()
            .filter(payment -> payment.getState() == PaymentState.CAPTURED)
            .filter(payment -> payment.getAmount().getMinorUnits() == total)
            .count();
    if (payments.size() != 1 || captured != 1) {
      found.add(
          Finding.wrong(
              id,
              "is confirmed, but has not exactly one captured payment of its total: "
                  + states(payments)));
    }
    long taken = statement.stream().mapToLong(line -> line.getTaken().getMinorUnits()).sum();
    long back = statement.stream().mapToLong(line -> line.getGivenBack().getMinorUnits()).sum();
    int captures = statement.stream().mapToInt(StatementLine::getCaptures).sum();
    if (captures != 1 || taken != total || back != 0) {
      found.add(
          Finding.wrong(
              id,
              "is confirmed over %d, but paypoint took %d in %d captures and gave back %d"
                  .formatted(total, taken, captures, back)));
    }
    return found;
  }

  static List<Finding> notKept(Order order, List<Payment> payments, List<StatementLine> statement) {
    String id = order.getOrderId();
    List<Finding> found = new ArrayList<>();
    for (Payment payment : payments) {
      switch (payment.getState()) {
        case DECLINED, RETURNED -> {}
        case PENDING, RETURNING ->
            found.add(
                Finding.underWay(
                    id, "is " + order.getStatus() + ", but its payment is " + payment.getState()));
        case CAPTURED, PAYMENT_STATE_UNSPECIFIED, UNRECOGNIZED ->
            found.add(
                Finding.wrong(
                    id, "is " + order.getStatus() + ", but its payment is " + payment.getState()));
      }
    }
    long kept =
        statement.stream()
            .mapToLong(
                line -> line.getTaken().getMinorUnits() - line.getGivenBack().getMinorUnits())
            .sum();
    if (kept != 0) {
      found.add(
          Finding.wrong(id, "is " + order.getStatus() + ", but paypoint keeps " + kept + " of it"));
    }
    return found;
  }

  private static String states(List<Payment> payments) {
    return payments.stream()
        .map(payment -> payment.getState() + " " + payment.getAmount().getMinorUnits())
        .toList()
        .toString();
  }
}
