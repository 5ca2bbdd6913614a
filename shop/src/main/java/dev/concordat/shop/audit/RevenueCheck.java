package dev.concordat.shop.audit;

import dev.concordat.shop.analytics.v1.RevenueHour;
import dev.concordat.shop.orders.v1.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Whether analytics has counted every confirmed order, and each of them once.
final class RevenueCheck {
  private RevenueCheck() {}

  private record Sold(long pieces, long minorUnits) {
    static final Sold NOTHING = new Sold(0, 0);

    Sold plus(Sold other) {
      return new Sold(pieces + other.pieces, minorUnits + other.minorUnits);
    }

    @Override
    public String toString() {
      return pieces + " pieces for " + minorUnits;
    }
  }

  /// @param orders that were confirmed, also when they were cancelled afterwards
  static List<Finding> check(List<Order> orders, List<RevenueHour> revenue) {
    TreeMap<String, Sold> expected = new TreeMap<>();
    for (Order order : orders) {
      for (var line : order.getLinesList()) {
        long price = line.getUnitPrice().getMinorUnits() * line.getQuantity();
        expected.merge(line.getProductId(), new Sold(line.getQuantity(), price), Sold::plus);
      }
    }
    TreeMap<String, Sold> counted = new TreeMap<>();
    for (RevenueHour hour : revenue) {
      Sold sold = new Sold(hour.getSold(), hour.getRevenue().getMinorUnits());
      counted.merge(hour.getProductId(), sold, Sold::plus);
      expected.putIfAbsent(hour.getProductId(), Sold.NOTHING);
    }
    List<Finding> found = new ArrayList<>();
    expected.forEach((product, sold) -> {
      Sold told = counted.getOrDefault(product, Sold.NOTHING);
      String what = "was sold: " + sold + ", but analytics says " + told;
      if (told.pieces < sold.pieces) {
        found.add(Finding.underWay(product, what));
      } else if (!told.equals(sold)) {
        found.add(Finding.wrong(product, what));
      }
    });
    return found;
  }
}
