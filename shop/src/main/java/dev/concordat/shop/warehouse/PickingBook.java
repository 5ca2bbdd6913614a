package dev.concordat.shop.warehouse;

import dev.concordat.shop.store.Sql;
import dev.concordat.shop.store.Times;
import dev.concordat.shop.warehouse.v1.PickLine;
import dev.concordat.shop.warehouse.v1.Picking;
import dev.concordat.shop.warehouse.v1.PickingState;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import javax.sql.DataSource;

/// The pickings in the database.
final class PickingBook {
  private static final String OPEN =
      """
      insert into picking (order_id, state, changed_at) values (?, ?, ?)
      on conflict do nothing
      """;
  private static final String ADD_LINES =
      """
      insert into pick_line (order_id, product_id, quantity)
      select ?, product_id, quantity
      from unnest(?, ?) as line (product_id, quantity)
      """;
  private static final String PICK =
      """
      update picking set state = 'PICKED', times_picked = times_picked + 1, changed_at = ?
      where order_id = ? and state = 'WAITING'
      """;
  private static final String CANCEL =
      """
      update picking set
        state = case state when 'PICKED' then 'PUT_BACK' else 'DROPPED' end,
        changed_at = ?
      where order_id = ? and state in ('WAITING', 'PICKED')
      """;
  private static final String LINES =
      "select product_id, quantity from pick_line where order_id = ? order by product_id";
  private static final String ALL =
      """
      select order_id, state, times_picked, changed_at,
        array(select product_id from pick_line l
          where l.order_id = p.order_id order by product_id) as products,
        array(select quantity from pick_line l
          where l.order_id = p.order_id order by product_id) as quantities
      from picking p
      order by order_id
      """;

  private final DataSource database;

  PickingBook(DataSource database) {
    this.database = database;
  }

  /// False when the order has one.
  boolean open(Connection connection, String orderId, PickingState state, Instant at) {
    return Sql.run(connection, OPEN, orderId, state, at) == 1;
  }

  void add(Connection connection, String orderId, List<PickLine> lines) {
    Sql.run(
        connection,
        ADD_LINES,
        orderId,
        lines.stream().map(PickLine::getProductId).toArray(String[]::new),
        lines.stream().map(PickLine::getQuantity).toArray(Integer[]::new));
  }

  void pick(Connection connection, String orderId, Instant at) {
    Sql.run(connection, PICK, at, orderId);
  }

  void cancel(Connection connection, String orderId, Instant at) {
    Sql.run(connection, CANCEL, at, orderId);
  }

  List<PickLine> lines(String orderId) {
    return Sql.all(
        database, row -> line(row.getString("product_id"), row.getInt("quantity")), LINES, orderId);
  }

  void all(Consumer<Picking> to) {
    Sql.stream(database, PickingBook::picking, to, ALL);
  }

  private static Picking picking(ResultSet row) throws SQLException {
    Picking.Builder picking =
        Picking.newBuilder()
            .setOrderId(row.getString("order_id"))
            .setState(PickingState.valueOf(row.getString("state")))
            .setTimesPicked(row.getInt("times_picked"))
            .setChangedAt(Times.read(row, "changed_at"));
    String[] products = (String[]) row.getArray("products").getArray();
    Integer[] quantities = (Integer[]) row.getArray("quantities").getArray();
    for (int i = 0; i < products.length; i++) {
      picking.addLines(line(products[i], quantities[i]));
    }
    return picking.build();
  }

  private static PickLine line(String productId, int quantity) {
    return PickLine.newBuilder().setProductId(productId).setQuantity(quantity).build();
  }
}
