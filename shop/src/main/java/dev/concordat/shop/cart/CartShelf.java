package dev.concordat.shop.cart;

import dev.concordat.shop.cart.StoredCart.StoredLine;
import dev.concordat.shop.cart.v1.CartState;
import dev.concordat.shop.store.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/// The carts in the database.
final class CartShelf {
  private static final String CREATE =
      "insert into cart (cart_id, state, revision, created_at) values (?, 'OPEN', 1, ?)";
  private static final String FIND =
      """
      select state, order_id, revision, product_id, quantity
      from cart left join cart_line using (cart_id)
      where cart_id = ?
      order by place
      """;
  private static final String LOCK = "select state from cart where cart_id = ? for update";
  private static final String COUNT_LINES = "select count(*) from cart_line where cart_id = ?";
  private static final String ADD =
      """
      insert into cart_line (cart_id, product_id, place, quantity) values (?, ?, ?, ?)
      on conflict (cart_id, product_id) do update
      set quantity = cart_line.quantity + excluded.quantity
      where cart_line.quantity + excluded.quantity <= 99
      returning quantity
      """;
  private static final String CHANGED = "update cart set revision = revision + 1 where cart_id = ?";
  private static final String CHECK_OUT =
      """
      update cart set state = 'ORDERED', order_id = ?
      where cart_id = ? and not (? = any (given_up))
        and (order_id = ? or (state = 'OPEN' and revision = ?))
      """;
  private static final String REOPEN =
      """
      update cart set
        state = case when order_id = ? then 'OPEN' else state end,
        order_id = case when order_id = ? then '' else order_id end,
        given_up = array_append(given_up, ?)
      where cart_id = ? and not (? = any (given_up))
      """;

  /// Locks the carts first: whoever orders one meanwhile gets it whole, or not at all.
  private static final String CLEAR =
      """
      with old as (
        select cart_id from cart where state = 'OPEN' and created_at < ? for update
      ), emptied as (
        delete from cart_line using old where cart_line.cart_id = old.cart_id)
      delete from cart using old where cart.cart_id = old.cart_id
      """;

  private final DataSource database;

  CartShelf(DataSource database) {
    this.database = database;
  }

  void create(Connection connection, String cartId, Instant at) {
    Sql.run(connection, CREATE, cartId, at);
  }

  Optional<StoredCart> find(String cartId) {
    record Found(CartState state, String orderId, int revision, Optional<StoredLine> line) {}
    List<Found> rows =
        Sql.all(
            database,
            row ->
                new Found(
                    CartState.valueOf(row.getString("state")),
                    row.getString("order_id"),
                    row.getInt("revision"),
                    line(row)),
            FIND,
            cartId);
    return rows.stream()
        .findFirst()
        .map(cart ->
            new StoredCart(
                cartId,
                cart.state(),
                cart.orderId(),
                cart.revision(),
                rows.stream().flatMap(row -> row.line().stream()).toList()));
  }

  /// The state of the cart, which nobody else changes until the transaction ends.
  Optional<CartState> lock(Connection connection, String cartId) {
    return Sql.one(connection, row -> CartState.valueOf(row.getString("state")), LOCK, cartId);
  }

  int lines(Connection connection, String cartId) {
    return Sql.one(connection, row -> row.getInt(1), COUNT_LINES, cartId).orElse(0);
  }

  /// How many of the product are in the cart now; empty when that would be too many.
  Optional<Integer> add(Connection connection, String cartId, StoredLine line, int place) {
    Optional<Integer> quantity =
        Sql.one(
            connection,
            row -> row.getInt("quantity"),
            ADD,
            cartId,
            line.productId(),
            place,
            line.quantity());
    Sql.run(connection, CHANGED, cartId);
    return quantity;
  }

  /// False when there is no such cart, or it cannot be had.
  boolean checkOut(Connection connection, String cartId, String orderId, int revision) {
    return Sql.run(connection, CHECK_OUT, orderId, cartId, orderId, orderId, revision) == 1;
  }

  void reopen(Connection connection, String cartId, String orderId) {
    Sql.run(connection, REOPEN, orderId, orderId, orderId, cartId, orderId);
  }

  /// Throws away open carts made before this instant.
  void clear(Connection connection, Instant before) {
    Sql.run(connection, CLEAR, before);
  }

  private static Optional<StoredLine> line(ResultSet row) throws SQLException {
    String productId = row.getString("product_id");
    return productId == null
        ? Optional.empty()
        : Optional.of(new StoredLine(productId, row.getInt("quantity")));
  }
}
