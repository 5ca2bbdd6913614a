package dev.concordat.shop.cart;

import dev.concordat.shop.cart.v1.CartState;
import java.util.List;

/// A cart as the database has it: without prices and stock, which others own.
///
/// @param orderId the order that has it; empty while it is open
/// @param revision counts its changes
record StoredCart(
    String cartId, CartState state, String orderId, int revision, List<StoredLine> lines) {
  /// How many of a product.
  record StoredLine(String productId, int quantity) {}

  List<String> productIds() {
    return lines.stream().map(StoredLine::productId).toList();
  }
}
