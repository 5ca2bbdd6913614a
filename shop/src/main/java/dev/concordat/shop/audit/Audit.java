package dev.concordat.shop.audit;

import dev.concordat.core.Clock;
import dev.concordat.core.Deadline;
import dev.concordat.shop.orders.v1.Order;
import dev.concordat.shop.orders.v1.OrderStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Checks the books, and as long as they do not add up reads them again until the patience is over:
/// receipts and pickings come a moment after their orders.
public final class Audit {
  private static final Duration PAUSE = Duration.ofMillis(500);

  private Audit() {}

  /// What came of it.
  ///
  /// @param orders how many orders have each status
  /// @param findings what does not add up; empty when everything does
  public record Report(Map<OrderStatus, Long> orders, List<Finding> findings) {
    /// Copies both.
    public Report {
      orders = Map.copyOf(orders);
      findings = List.copyOf(findings);
    }

    /// Whether the books add up.
    public boolean clean() {
      return findings.isEmpty();
    }

    /// For people: a line for the orders, and one for each finding.
    public List<String> lines() {
      String counted =
          new TreeMap<>(orders)
              .entrySet().stream()
                  .map(entry -> entry.getValue() + " " + entry.getKey())
                  .collect(Collectors.joining(", "));
      String first = "orders: " + (counted.isEmpty() ? "none" : counted);
      List<String> wrong = findings.stream().map(Finding::toString).toList();
      return Stream.concat(Stream.of(first), wrong.stream()).toList();
    }
  }

  /// Reads and checks.
  ///
  /// @param patience how long to wait for the books to add up; zero reads them once
  /// @throws InterruptedException when interrupted while waiting
  public static Report run(BookReader reader, Duration patience, Clock clock)
      throws InterruptedException {
    Deadline until = Deadline.after(patience, clock);
    while (true) {
      Books books = reader.read();
      List<Finding> findings = Auditor.check(books);
      if (findings.isEmpty() || until.expired()) {
        return new Report(count(books.orders()), findings);
      }
      clock.sleep(PAUSE);
    }
  }

  private static Map<OrderStatus, Long> count(List<Order> orders) {
    return orders.stream().collect(Collectors.groupingBy(Order::getStatus, Collectors.counting()));
  }
}
