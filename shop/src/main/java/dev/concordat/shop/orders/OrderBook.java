package dev.concordat.shop.orders;

import dev.concordat.shop.orders.v1.Order;
import dev.concordat.shop.orders.v1.OrderChange;
import dev.concordat.shop.orders.v1.OrderLine;
import dev.concordat.shop.orders.v1.OrderStatus;
import dev.concordat.shop.pricing.v1.Money;
import dev.concordat.shop.store.Sql;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;

/// The orders in the database. A status changes only from the one it is expected to have, so that
/// of two that race only one is made.
final class OrderBook {
  private static final String INSERT =
      """
      insert into customer_order (order_id, customer_id, email, cart_id, status, total_minor,
        currency, placed_at, changed_at)
      values (?, ?, ?, ?, 'PENDING', ?, ?, ?, ?)
      on conflict do nothing
      """;
  private static final String ADD_LINES =
      """
      insert into order_line (order_id, place, product_id, name, quantity, price_minor)
      select ?, place, product_id, name, quantity, price
      from unnest(?, ?, ?, ?) with ordinality as line (product_id, name, quantity, price, place)
      """;
  private static final String SELECT =
      """
      select order_id, customer_id, email, cart_id, status, reason, failing, cancelling,
        total_minor, currency, placed_at, changed_at,
        array(select product_id from order_line l where l.order_id = o.order_id order by place)
          as products,
        array(select name from order_line l where l.order_id = o.order_id order by place)
          as names,
        array(select quantity from order_line l where l.order_id = o.order_id order by place)
          as quantities,
        array(select price_minor from order_line l where l.order_id = o.order_id order by place)
          as prices
      from customer_order o
      """;
  private static final String FIND = SELECT + "where order_id = ?";
  private static final String LOCK = SELECT + "where order_id = ? for update";
  private static final String HISTORY =
      SELECT + "where customer_id = ? order by placed_at desc, order_id";
  private static final String ALL = SELECT + "order by order_id";
  private static final String CONFIRM =
      """
      update customer_order set status = 'CONFIRMED', changed_at = ?
      where order_id = ? and status = 'PENDING' and cancelling = ''
      """;
  private static final String END =
      """
      update customer_order set status = ?, reason = ?, changed_at = ?
      where order_id = ? and status = ?
      """;
  private static final String NOTE_FAILURE =
      "update customer_order set failing = ? where order_id = ? and status = 'PENDING'";
  private static final String WANT_CANCELLED =
      "update customer_order set cancelling = ? where order_id = ? and cancelling = ''";
  private static final String ADD_CHANGE =
      """
      insert into order_change (order_id, change_number, status, reason, changed_at)
      select ?, count(*) + 1, ?, ?, ? from order_change where order_id = ?
      """;
  private static final String CHANGES =
      """
      select order_id, change_number, status, reason, changed_at from order_change
      where order_id = ? and change_number > ?
      order by change_number
      """;

  private final DataSource database;

  OrderBook(DataSource database) {
    this.database = database;
  }

  /// False when there is one with this id.
  boolean insert(Connection connection, StoredOrder stored, Instant at) {
    Order order = stored.order();
    Money total = order.getTotal();
    boolean first =
        Sql.run(
                connection,
                INSERT,
                order.getOrderId(),
                order.getCustomerId(),
                stored.email(),
                order.getCartId(),
                total.getMinorUnits(),
                total.getCurrencyCode(),
                at,
                at)
            == 1;
    if (first) {
      addLines(connection, order.getOrderId(), order.getLinesList());
      addChange(connection, order.getOrderId(), OrderStatus.PENDING, "", at);
    }
    return first;
  }

  Optional<StoredOrder> find(String orderId) {
    return Sql.one(database, StoredOrder::read, FIND, orderId);
  }

  /// The order, which nobody else changes until the transaction ends.
  Optional<StoredOrder> lock(Connection connection, String orderId) {
    return Sql.one(connection, StoredOrder::read, LOCK, orderId);
  }

  /// False when it is not pending, or is to be cancelled.
  boolean confirm(Connection connection, String orderId, Instant at) {
    boolean confirmed = Sql.run(connection, CONFIRM, at, orderId) == 1;
    if (confirmed) {
      addChange(connection, orderId, OrderStatus.CONFIRMED, "", at);
    }
    return confirmed;
  }

  /// An order's last status, from the one it had. False when it had another.
  boolean end(
      Connection connection, StoredOrder from, OrderStatus status, String reason, Instant at) {
    String orderId = from.order().getOrderId();
    boolean ended = Sql.run(connection, END, status, reason, at, orderId, from.status()) == 1;
    if (ended) {
      addChange(connection, orderId, status, reason, at);
    }
    return ended;
  }

  void noteFailure(Connection connection, String orderId, String why) {
    Sql.run(connection, NOTE_FAILURE, why, orderId);
  }

  void wantCancelled(Connection connection, String orderId, String why) {
    Sql.run(connection, WANT_CANCELLED, why, orderId);
  }

  List<OrderChange> changes(String orderId, int after) {
    return Sql.all(database, StoredOrder::change, CHANGES, orderId, after);
  }

  void history(String customerId, Consumer<Order> to) {
    Sql.stream(database, row -> StoredOrder.read(row).order(), to, HISTORY, customerId);
  }

  void all(Consumer<Order> to) {
    Sql.stream(database, row -> StoredOrder.read(row).order(), to, ALL);
  }

  private static void addLines(Connection connection, String orderId, List<OrderLine> lines) {
    Sql.run(
        connection,
        ADD_LINES,
        orderId,
        lines.stream().map(OrderLine::getProductId).toArray(String[]::new),
        lines.stream().map(OrderLine::getName).toArray(String[]::new),
        lines.stream().map(OrderLine::getQuantity).toArray(Integer[]::new),
        lines.stream().map(line -> line.getUnitPrice().getMinorUnits()).toArray(Long[]::new));
  }

  private static void addChange(
      Connection connection, String orderId, OrderStatus status, String reason, Instant at) {
    Sql.run(connection, ADD_CHANGE, orderId, status, reason, at, orderId);
  }
}
