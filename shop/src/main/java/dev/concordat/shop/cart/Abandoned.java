package dev.concordat.shop.cart;

import dev.concordat.core.Clock;
import dev.concordat.events.Transaction;
import dev.concordat.shop.cart.v1.CartOwner;
import dev.concordat.shop.cart.v1.ClearCarts;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneOffset;

/// Carts that were filled and never ordered.
final class Abandoned {
  private static final Period KEPT = Period.ofDays(30);

  private final CartShelf shelf;
  private final Clock clock;

  Abandoned(CartShelf shelf, Clock clock) {
    this.shelf = shelf;
    this.clock = clock;
  }

  /// What is to be cleared now.
  ClearCarts due() {
    LocalDate today = clock.now().atOffset(ZoneOffset.UTC).toLocalDate();
    return ClearCarts.newBuilder().setBeforeDay(today.minus(KEPT).toString()).build();
  }

  /// Throws them away.
  void clear(ClearCarts task, Transaction<CartOwner> tx) {
    var before = LocalDate.parse(task.getBeforeDay()).atStartOfDay(ZoneOffset.UTC).toInstant();
    shelf.clear(tx.connection(), before);
  }
}
