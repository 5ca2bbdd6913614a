package dev.concordat.shop.stock;

import dev.concordat.shop.stock.v1.Level;
import dev.concordat.shop.stock.v1.Movement;
import dev.concordat.shop.stock.v1.MovementReason;
import dev.concordat.shop.stock.v1.Reservation;
import dev.concordat.shop.stock.v1.ReservationState;
import dev.concordat.shop.stock.v1.StockLine;
import dev.concordat.shop.store.Sql;
import dev.concordat.shop.store.Times;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;

/// Levels, reservations and movements in the database.
///
/// Whoever changes levels does so in the order of the product ids, so that two never wait for each
/// other in a circle.
final class StockBooks {
  private static final String OPEN_RESERVATION =
      """
      insert into reservation (order_id, state, changed_at)
      values (?, ?, ?)
      on conflict do nothing
      """;
  private static final String ADD_LINE =
      "insert into reservation_line (order_id, product_id, quantity) values (?, ?, ?)";
  private static final String HOLD_IF_ENOUGH =
      """
      update level set held = held + ?
      where product_id = ? and on_hand - held >= ?
      """;
  private static final String CHANGE_LEVEL =
      "update level set on_hand = on_hand + ?, held = held + ? where product_id = ?";
  private static final String DELIVER =
      """
      insert into level (product_id, on_hand, held) values (?, ?, 0)
      on conflict (product_id) do update set on_hand = level.on_hand + excluded.on_hand
      """;
  private static final String LOCK_RESERVATION =
      "select order_id, state, changed_at from reservation where order_id = ? for update";
  private static final String LINES_BY_PRODUCT =
      """
      select product_id, quantity from reservation_line
      where order_id = ?
      order by product_id
      """;
  private static final String CHANGE_STATE =
      "update reservation set state = ?, changed_at = ? where order_id = ?";
  private static final String MOVE =
      """
      insert into movement (product_id, change, reason, reference, moved_at)
      values (?, ?, ?, ?, ?)
      """;
  private static final String BOOK_DELIVERY =
      "insert into delivery (delivery_id) values (?) on conflict do nothing";
  private static final String LEVELS_IN_THE_ORDER_ASKED =
      """
      select product_id, coalesce(on_hand, 0) as on_hand, coalesce(held, 0) as held
      from unnest(?) with ordinality as asked (product_id, place)
      left join level using (product_id)
      order by place
      """;
  private static final String ALL_LEVELS =
      "select product_id, on_hand, held from level order by product_id";
  private static final String ALL_RESERVATIONS =
      """
      select order_id, state, changed_at,
        array(select product_id from reservation_line l
          where l.order_id = r.order_id order by product_id) as products,
        array(select quantity from reservation_line l
          where l.order_id = r.order_id order by product_id) as quantities
      from reservation r
      order by order_id
      """;
  private static final String ALL_MOVEMENTS =
      """
      select product_id, change, reason, reference, moved_at from movement order by movement_id
      """;

  private final DataSource database;

  StockBooks(DataSource database) {
    this.database = database;
  }

  /// False when the order has one.
  boolean open(Connection connection, String orderId, ReservationState state, Instant at) {
    return Sql.run(connection, OPEN_RESERVATION, orderId, state, at) == 1;
  }

  /// False when there is too little.
  boolean hold(Connection connection, String orderId, StockLine line) {
    int quantity = line.getQuantity();
    return Sql.run(connection, HOLD_IF_ENOUGH, quantity, line.getProductId(), quantity) == 1
        && Sql.run(connection, ADD_LINE, orderId, line.getProductId(), quantity) == 1;
  }

  /// The order's reservation, which nobody else changes until the transaction ends.
  Optional<Reservation> lock(Connection connection, String orderId) {
    return Sql.one(connection, StockBooks::bare, LOCK_RESERVATION, orderId)
        .map(bare -> bare.toBuilder().addAllLines(lines(connection, orderId)).build());
  }

  Reservation state(
      Connection connection, Reservation reservation, ReservationState state, Instant at) {
    Sql.run(connection, CHANGE_STATE, state, at, reservation.getOrderId());
    return reservation.toBuilder().setState(state).setChangedAt(Times.of(at)).build();
  }

  void change(Connection connection, String productId, long onHand, long held) {
    Sql.run(connection, CHANGE_LEVEL, onHand, held, productId);
  }

  void deliver(Connection connection, String productId, long pieces) {
    Sql.run(connection, DELIVER, productId, pieces);
  }

  void move(Connection connection, Movement movement, Instant at) {
    Sql.run(
        connection,
        MOVE,
        movement.getProductId(),
        movement.getChange(),
        movement.getReason(),
        movement.getReference(),
        at);
  }

  /// False when it was booked before.
  boolean book(Connection connection, String deliveryId) {
    return Sql.run(connection, BOOK_DELIVERY, deliveryId) == 1;
  }

  List<Level> levels(List<String> productIds) {
    return Sql.all(
        database,
        StockBooks::level,
        LEVELS_IN_THE_ORDER_ASKED,
        (Object) productIds.toArray(new String[0]));
  }

  void levels(Consumer<Level> to) {
    Sql.stream(database, StockBooks::level, to, ALL_LEVELS);
  }

  void reservations(Consumer<Reservation> to) {
    Sql.stream(database, StockBooks::reservation, to, ALL_RESERVATIONS);
  }

  void movements(Consumer<Movement> to) {
    Sql.stream(database, StockBooks::movement, to, ALL_MOVEMENTS);
  }

  private static List<StockLine> lines(Connection connection, String orderId) {
    return Sql.all(
        connection,
        row -> line(row.getString("product_id"), row.getInt("quantity")),
        LINES_BY_PRODUCT,
        orderId);
  }

  private static StockLine line(String productId, int quantity) {
    return StockLine.newBuilder().setProductId(productId).setQuantity(quantity).build();
  }

  private static Reservation bare(ResultSet row) throws SQLException {
    return Reservation.newBuilder()
        .setOrderId(row.getString("order_id"))
        .setState(ReservationState.valueOf(row.getString("state")))
        .setChangedAt(Times.read(row, "changed_at"))
        .build();
  }

  private static Reservation reservation(ResultSet row) throws SQLException {
    Reservation.Builder reservation = bare(row).toBuilder();
    String[] products = (String[]) array(row.getArray("products"));
    Integer[] quantities = (Integer[]) array(row.getArray("quantities"));
    for (int i = 0; i < products.length; i++) {
      reservation.addLines(line(products[i], quantities[i]));
    }
    return reservation.build();
  }

  private static Object array(Array array) throws SQLException {
    return array.getArray();
  }

  private static Level level(ResultSet row) throws SQLException {
    return Level.newBuilder()
        .setProductId(row.getString("product_id"))
        .setOnHand(row.getLong("on_hand"))
        .setHeld(row.getLong("held"))
        .build();
  }

  private static Movement movement(ResultSet row) throws SQLException {
    return Movement.newBuilder()
        .setProductId(row.getString("product_id"))
        .setChange(row.getLong("change"))
        .setReason(MovementReason.valueOf(row.getString("reason")))
        .setReference(row.getString("reference"))
        .setMovedAt(Times.read(row, "moved_at"))
        .build();
  }
}
