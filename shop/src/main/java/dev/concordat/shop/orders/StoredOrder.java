package dev.concordat.shop.orders;

import dev.concordat.shop.orders.v1.Order;
import dev.concordat.shop.orders.v1.OrderChange;
import dev.concordat.shop.orders.v1.OrderLine;
import dev.concordat.shop.orders.v1.OrderStatus;
import dev.concordat.shop.store.Amounts;
import dev.concordat.shop.store.Times;
import java.sql.ResultSet;
import java.sql.SQLException;

/// An order, and what only we know about it.
///
/// @param email where the receipt goes
/// @param failing why the checkout is coming to nothing, while it does; empty otherwise
/// @param cancelling why the customer wants it cancelled; empty when nobody does
record StoredOrder(Order order, String email, String failing, String cancelling) {
  OrderStatus status() {
    return order.getStatus();
  }

  /// Whether nothing more is going to happen by itself.
  boolean settled() {
    return switch (status()) {
      case REJECTED, CANCELLED -> true;
      case CONFIRMED -> cancelling.isEmpty();
      case PENDING, ORDER_STATUS_UNSPECIFIED, UNRECOGNIZED -> false;
    };
  }

  static StoredOrder read(ResultSet row) throws SQLException {
    String currency = row.getString("currency");
    Order.Builder order =
        Order.newBuilder()
            .setOrderId(row.getString("order_id"))
            .setCustomerId(row.getString("customer_id"))
            .setStatus(OrderStatus.valueOf(row.getString("status")))
            .setReason(row.getString("reason"))
            .setTotal(Amounts.of(row.getLong("total_minor"), currency))
            .setCartId(row.getString("cart_id"))
            .setPlacedAt(Times.read(row, "placed_at"))
            .setChangedAt(Times.read(row, "changed_at"));
    String[] products = (String[]) row.getArray("products").getArray();
    String[] names = (String[]) row.getArray("names").getArray();
    Integer[] quantities = (Integer[]) row.getArray("quantities").getArray();
    Long[] prices = (Long[]) row.getArray("prices").getArray();
    for (int i = 0; i < products.length; i++) {
      order.addLines(
          OrderLine.newBuilder()
              .setProductId(products[i])
              .setName(names[i])
              .setQuantity(quantities[i])
              .setUnitPrice(Amounts.of(prices[i], currency)));
    }
    return new StoredOrder(
        order.build(),
        row.getString("email"),
        row.getString("failing"),
        row.getString("cancelling"));
  }

  static OrderChange change(ResultSet row) throws SQLException {
    return OrderChange.newBuilder()
        .setOrderId(row.getString("order_id"))
        .setChangeNumber(row.getInt("change_number"))
        .setStatus(OrderStatus.valueOf(row.getString("status")))
        .setReason(row.getString("reason"))
        .setChangedAt(Times.read(row, "changed_at"))
        .build();
  }
}
