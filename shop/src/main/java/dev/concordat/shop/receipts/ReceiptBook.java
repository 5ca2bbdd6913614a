package dev.concordat.shop.receipts;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.concordat.shop.orders.v1.OrderConfirmed;
import dev.concordat.shop.receipts.v1.Receipt;
import dev.concordat.shop.receipts.v1.ReceiptState;
import dev.concordat.shop.store.Sql;
import dev.concordat.shop.store.Times;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;

/// The receipts in the database.
final class ReceiptBook {
  private static final String OPEN =
      """
      insert into receipt (order_id, state, confirmed, message_id)
      values (?, 'WAITING', ?, ?)
      on conflict do nothing
      """;
  private static final String WAITING =
      """
      select order_id, message_id, confirmed from receipt
      where order_id = ? and state = 'WAITING'
      """;

  /// What the mail was written from is not needed any more, and there is an address in it.
  private static final String SENT =
      """
      update receipt set state = 'SENT', confirmed = '', sent_at = ?
      where order_id = ? and state = 'WAITING'
      """;

  private static final String ALL =
      "select order_id, state, message_id, sent_at from receipt order by order_id";

  private final DataSource database;

  ReceiptBook(DataSource database) {
    this.database = database;
  }

  /// A receipt to be sent.
  record Draft(String messageId, OrderConfirmed confirmed) {}

  /// False when the order has one.
  boolean open(Connection connection, OrderConfirmed confirmed, String messageId) {
    return Sql.run(connection, OPEN, confirmed.getOrderId(), confirmed.toByteArray(), messageId)
        == 1;
  }

  /// Empty when it was sent.
  Optional<Draft> waiting(String orderId) {
    return Sql.one(database, ReceiptBook::draft, WAITING, orderId);
  }

  void sent(Connection connection, String orderId, Instant at) {
    Sql.run(connection, SENT, at, orderId);
  }

  void all(Consumer<Receipt> to) {
    Sql.stream(database, ReceiptBook::receipt, to, ALL);
  }

  private static Draft draft(ResultSet row) throws SQLException {
    try {
      return new Draft(
          row.getString("message_id"), OrderConfirmed.parseFrom(row.getBytes("confirmed")));
    } catch (InvalidProtocolBufferException e) {
      throw new SQLException("a stored event cannot be read", e);
    }
  }

  private static Receipt receipt(ResultSet row) throws SQLException {
    Receipt.Builder receipt =
        Receipt.newBuilder()
            .setOrderId(row.getString("order_id"))
            .setState(ReceiptState.valueOf(row.getString("state")))
            .setMessageId(row.getString("message_id"));
    if (row.getObject("sent_at") != null) {
      receipt.setSentAt(Times.read(row, "sent_at"));
    }
    return receipt.build();
  }
}
