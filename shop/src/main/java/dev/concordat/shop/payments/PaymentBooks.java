package dev.concordat.shop.payments;

import dev.concordat.shop.payments.v1.Payment;
import dev.concordat.shop.payments.v1.PaymentState;
import dev.concordat.shop.pricing.v1.Money;
import dev.concordat.shop.store.Amounts;
import dev.concordat.shop.store.Sql;
import dev.concordat.shop.store.Times;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;

/// The payments in the database. Each moves along PENDING → CAPTURED or DECLINED, and from PENDING
/// or CAPTURED → RETURNING → RETURNED; every move names where it comes from, so that of two that
/// race only one is made.
final class PaymentBooks {
  private static final String OPEN =
      """
      insert into payment (order_id, state, amount_minor, currency, changed_at)
      values (?, ?, ?, ?, ?)
      on conflict do nothing
      """;
  private static final String FIND =
      """
      select order_id, state, was_captured, amount_minor, currency, reason, changed_at
      from payment
      where order_id = ?
      """;
  private static final String SETTLE =
      """
      update payment set state = ?, reason = ?, changed_at = ?
      where order_id = ? and state = 'PENDING'
      """;
  private static final String BEGIN_RETURN =
      """
      update payment set state = 'RETURNING', was_captured = state = 'CAPTURED', changed_at = ?
      where order_id = ? and state in ('PENDING', 'CAPTURED')
      """;
  private static final String END_RETURN =
      """
      update payment set state = 'RETURNED', changed_at = ?
      where order_id = ? and state = 'RETURNING'
      """;
  private static final String ALL =
      """
      select order_id, state, was_captured, amount_minor, currency, reason, changed_at
      from payment
      order by order_id
      """;

  private final DataSource database;

  PaymentBooks(DataSource database) {
    this.database = database;
  }

  /// A payment, and whether its money was known to be ours when it was to be given back.
  record Entry(Payment payment, boolean wasCaptured) {
    PaymentState state() {
      return payment.getState();
    }
  }

  /// False when the order has one.
  boolean open(
      Connection connection, String orderId, PaymentState state, Money amount, Instant at) {
    return Sql.run(
            connection, OPEN, orderId, state, amount.getMinorUnits(), amount.getCurrencyCode(), at)
        == 1;
  }

  Optional<Entry> find(String orderId) {
    return Sql.one(database, PaymentBooks::entry, FIND, orderId);
  }

  Optional<Entry> find(Connection connection, String orderId) {
    return Sql.one(connection, PaymentBooks::entry, FIND, orderId);
  }

  /// False when it was not pending any more.
  boolean settle(
      Connection connection, String orderId, PaymentState state, String reason, Instant at) {
    return Sql.run(connection, SETTLE, state, reason, at, orderId) == 1;
  }

  void beginReturn(Connection connection, String orderId, Instant at) {
    Sql.run(connection, BEGIN_RETURN, at, orderId);
  }

  /// False when somebody else was faster.
  boolean endReturn(Connection connection, String orderId, Instant at) {
    return Sql.run(connection, END_RETURN, at, orderId) == 1;
  }

  void all(Consumer<Payment> to) {
    Sql.stream(database, row -> entry(row).payment(), to, ALL);
  }

  private static Entry entry(ResultSet row) throws SQLException {
    Payment payment =
        Payment.newBuilder()
            .setOrderId(row.getString("order_id"))
            .setState(PaymentState.valueOf(row.getString("state")))
            .setAmount(Amounts.of(row.getLong("amount_minor"), row.getString("currency")))
            .setReason(row.getString("reason"))
            .setChangedAt(Times.read(row, "changed_at"))
            .build();
    return new Entry(payment, row.getBoolean("was_captured"));
  }
}
