package dev.concordat.shop.audit;

import dev.concordat.shop.audit.Books.Goods;
import dev.concordat.shop.orders.v1.Order;
import dev.concordat.shop.orders.v1.OrderLine;
import dev.concordat.shop.stock.v1.Level;
import dev.concordat.shop.stock.v1.Movement;
import dev.concordat.shop.stock.v1.MovementReason;
import dev.concordat.shop.stock.v1.Reservation;
import dev.concordat.shop.stock.v1.ReservationState;
import dev.concordat.shop.stock.v1.StockLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Whether the goods are where they belong: those of an order, and those on the shelf as a whole.
final class ShelfCheck {
  private ShelfCheck() {}

  /// Movements that belong to orders; the others belong to deliveries.
  static List<Movement> ofOrders(Goods goods) {
    return goods.movements().stream()
        .filter(movement -> movement.getReason() != MovementReason.DELIVERED)
        .toList();
  }

  static List<Finding> sold(Order order, List<Reservation> reservations, List<Movement> movements) {
    String id = order.getOrderId();
    boolean held =
        reservations.size() == 1 && reservations.getFirst().getState() == ReservationState.HELD;
    if (held && movements.isEmpty()) {
      return List.of(Finding.underWay(id, "is confirmed, and its stock is not deducted yet"));
    }
    List<Finding> found = new ArrayList<>();
    boolean deducted =
        reservations.size() == 1
            && reservations.getFirst().getState() == ReservationState.DEDUCTED
            && reserved(reservations.getFirst()).equals(ordered(order));
    if (!deducted) {
      found.add(
          Finding.wrong(
              id,
              "is confirmed, but has not exactly one deducted reservation of what was ordered: "
                  + reservations.stream().map(Reservation::getState).toList()));
    }
    Map<String, Long> taken = moved(movements);
    taken.replaceAll((product, change) -> -change);
    if (movements.size() != order.getLinesCount() || !taken.equals(ordered(order))) {
      found.add(
          Finding.wrong(
              id,
              "is confirmed over "
                  + ordered(order)
                  + ", but "
                  + taken
                  + " left the shelf for it in "
                  + movements.size()
                  + " movements"));
    }
    return found;
  }

  static List<Finding> notHeld(
      Order order, List<Reservation> reservations, List<Movement> movements) {
    String id = order.getOrderId();
    List<Finding> found = new ArrayList<>();
    for (Reservation reservation : reservations) {
      boolean kept =
          reservation.getState() == ReservationState.HELD
              || reservation.getState() == ReservationState.DEDUCTED;
      if (kept) {
        found.add(
            Finding.wrong(
                id, "is " + order.getStatus() + ", but its stock is " + reservation.getState()));
      }
    }
    if (moved(movements).values().stream().anyMatch(change -> change != 0)) {
      found.add(
          Finding.wrong(
              id,
              "is " + order.getStatus() + ", but the shelf has changed by " + moved(movements)));
    }
    return found;
  }

  static List<Finding> check(Goods goods) {
    Map<String, Long> shelf = moved(goods.movements());
    Map<String, Long> held =
        goods.reservations().stream()
            .filter(reservation -> reservation.getState() == ReservationState.HELD)
            .flatMap(reservation -> reservation.getLinesList().stream())
            .collect(
                Collectors.groupingBy(
                    StockLine::getProductId, Collectors.summingLong(StockLine::getQuantity)));
    List<Finding> found = new ArrayList<>();
    for (Level level : goods.levels()) {
      String product = level.getProductId();
      long moved = shelf.getOrDefault(product, 0L);
      long reserved = held.getOrDefault(product, 0L);
      if (level.getOnHand() != moved) {
        found.add(
            Finding.wrong(
                product,
                "has %d on hand, but its movements sum to %d".formatted(level.getOnHand(), moved)));
      }
      if (level.getHeld() != reserved) {
        found.add(
            Finding.wrong(
                product,
                "has %d held, but its reservations sum to %d"
                    .formatted(level.getHeld(), reserved)));
      }
      if (level.getHeld() < 0 || level.getHeld() > level.getOnHand()) {
        found.add(
            Finding.wrong(
                product,
                "has %d held of %d on hand".formatted(level.getHeld(), level.getOnHand())));
      }
    }
    return found;
  }

  private static Map<String, Long> moved(List<Movement> movements) {
    return movements.stream()
        .collect(
            Collectors.groupingBy(
                Movement::getProductId, Collectors.summingLong(Movement::getChange)));
  }

  private static Map<String, Long> ordered(Order order) {
    return order.getLinesList().stream()
        .collect(
            Collectors.groupingBy(
                OrderLine::getProductId, Collectors.summingLong(OrderLine::getQuantity)));
  }

  private static Map<String, Long> reserved(Reservation reservation) {
    return reservation.getLinesList().stream()
        .collect(
            Collectors.groupingBy(
                StockLine::getProductId, Collectors.summingLong(StockLine::getQuantity)));
  }
}
