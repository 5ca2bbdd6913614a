package dev.concordat.shop.audit;

import dev.concordat.shop.mailserver.Mail;
import dev.concordat.shop.orders.v1.Order;
import dev.concordat.shop.orders.v1.OrderStatus;
import dev.concordat.shop.payments.v1.Payment;
import dev.concordat.shop.payments.v1.StatementLine;
import dev.concordat.shop.receipts.v1.Receipt;
import dev.concordat.shop.stock.v1.Movement;
import dev.concordat.shop.stock.v1.Reservation;
import dev.concordat.shop.warehouse.v1.Picking;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Checks whether the books add up. Decides only; reading them is [BookReader]'s.
///
/// A confirmed order has one captured payment of its total, its stock deducted once, one receipt
/// and one picking. A rejected or cancelled one has no money kept and no stock held. What is on the
/// shelf is what was delivered less what was sold, revenue is what was confirmed, and nothing
/// belongs to an order that does not exist.
public final class Auditor {
  private final Books books;
  private final ByOrder<Payment> payments;
  private final ByOrder<StatementLine> statement;
  private final ByOrder<Reservation> reservations;
  private final ByOrder<Movement> movements;
  private final ByOrder<Receipt> receipts;
  private final ByOrder<Picking> pickings;

  private Auditor(Books books) {
    this.books = books;
    this.payments = ByOrder.of(books.money().payments(), Payment::getOrderId);
    this.statement = ByOrder.of(books.money().statement(), StatementLine::getReference);
    this.reservations = ByOrder.of(books.goods().reservations(), Reservation::getOrderId);
    this.movements = ByOrder.of(ShelfCheck.ofOrders(books.goods()), Movement::getReference);
    this.receipts = ByOrder.of(books.post().receipts(), Receipt::getOrderId);
    this.pickings = ByOrder.of(books.pickings(), Picking::getOrderId);
  }

  /// What does not add up; empty when everything does.
  public static List<Finding> check(Books books) {
    Auditor auditor = new Auditor(books);
    List<Finding> found = new ArrayList<>();
    for (Order order : books.orders()) {
      found.addAll(auditor.check(order));
    }
    found.addAll(auditor.strangers());
    found.addAll(ShelfCheck.check(books.goods()));
    found.addAll(RevenueCheck.check(auditor.everConfirmed(), books.revenue()));
    return found;
  }

  private List<Finding> check(Order order) {
    String id = order.getOrderId();
    List<Finding> found = new ArrayList<>();
    switch (order.getStatus()) {
      case CONFIRMED -> {
        found.addAll(MoneyCheck.taken(order, payments.of(id), statement.of(id)));
        found.addAll(ShelfCheck.sold(order, reservations.of(id), movements.of(id)));
        found.addAll(AfterCheck.receipt(order, receipts.of(id), mails(order)));
        found.addAll(AfterCheck.picked(order, pickings.of(id)));
      }
      case REJECTED, CANCELLED -> {
        found.addAll(MoneyCheck.notKept(order, payments.of(id), statement.of(id)));
        found.addAll(ShelfCheck.notHeld(order, reservations.of(id), movements.of(id)));
        found.addAll(AfterCheck.notPicked(order, pickings.of(id)));
        if (order.getStatus() == OrderStatus.REJECTED && !receipts.of(id).isEmpty()) {
          found.add(Finding.wrong(id, "was rejected but has a receipt"));
        }
      }
      case PENDING -> found.add(Finding.underWay(id, "is still PENDING"));
      case ORDER_STATUS_UNSPECIFIED, UNRECOGNIZED ->
          found.add(Finding.wrong(id, "has no status we know"));
    }
    return found;
  }

  /// Cancelled orders that had been confirmed are known by their receipts.
  private List<Order> everConfirmed() {
    return books.orders().stream()
        .filter(order ->
            order.getStatus() == OrderStatus.CONFIRMED
                || !receipts.of(order.getOrderId()).isEmpty())
        .toList();
  }

  private List<Mail> mails(Order order) {
    Set<String> ids =
        receipts.of(order.getOrderId()).stream()
            .map(Receipt::getMessageId)
            .collect(Collectors.toSet());
    return books.post().mails().stream().filter(mail -> ids.contains(mail.messageId())).toList();
  }

  private List<Finding> strangers() {
    Set<String> known = books.orders().stream().map(Order::getOrderId).collect(Collectors.toSet());
    List<Finding> found = new ArrayList<>();
    payments.strangers(known).forEach(id -> found.add(stranger(id, "a payment")));
    statement.strangers(known).forEach(id -> found.add(stranger(id, "a charge at paypoint")));
    reservations.strangers(known).forEach(id -> found.add(stranger(id, "a reservation")));
    movements.strangers(known).forEach(id -> found.add(stranger(id, "a movement of stock")));
    receipts.strangers(known).forEach(id -> found.add(stranger(id, "a receipt")));
    pickings.strangers(known).forEach(id -> found.add(stranger(id, "a picking")));
    return found;
  }

  private static Finding stranger(String id, String thing) {
    return Finding.wrong(id, "is no order, but there is " + thing + " for it");
  }
}
