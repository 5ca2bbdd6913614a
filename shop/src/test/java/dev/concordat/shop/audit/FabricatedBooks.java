package dev.concordat.shop.audit;

import static java.util.Objects.requireNonNull;

import dev.concordat.shop.analytics.v1.RevenueHour;
import dev.concordat.shop.mailserver.Mail;
import dev.concordat.shop.orders.v1.Order;
import dev.concordat.shop.orders.v1.OrderLine;
import dev.concordat.shop.orders.v1.OrderStatus;
import dev.concordat.shop.payments.v1.Payment;
import dev.concordat.shop.payments.v1.PaymentState;
import dev.concordat.shop.payments.v1.StatementLine;
import dev.concordat.shop.pricing.v1.Money;
import dev.concordat.shop.receipts.v1.Receipt;
import dev.concordat.shop.receipts.v1.ReceiptState;
import dev.concordat.shop.stock.v1.Level;
import dev.concordat.shop.stock.v1.Movement;
import dev.concordat.shop.stock.v1.MovementReason;
import dev.concordat.shop.stock.v1.Reservation;
import dev.concordat.shop.stock.v1.ReservationState;
import dev.concordat.shop.stock.v1.StockLine;
import dev.concordat.shop.store.Amounts;
import dev.concordat.shop.warehouse.v1.Picking;
import dev.concordat.shop.warehouse.v1.PickingState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Books that add up until a test damages them. Every order is over two bags of beans.
final class FabricatedBooks {
  private static final Money TOTAL = Amounts.of(2500, "EUR");
  private static final Money NOTHING = Amounts.of(0, "EUR");

  final Map<String, Order.Builder> orders = new LinkedHashMap<>();
  final Map<String, Payment.Builder> payments = new LinkedHashMap<>();
  final Map<String, StatementLine.Builder> statement = new LinkedHashMap<>();
  final Map<String, Reservation.Builder> reservations = new LinkedHashMap<>();
  final List<Movement> movements = new ArrayList<>();
  final Map<String, Receipt.Builder> receipts = new LinkedHashMap<>();
  final List<Mail> mails = new ArrayList<>();
  final Map<String, Picking.Builder> pickings = new LinkedHashMap<>();
  final RevenueHour.Builder revenue = RevenueHour.newBuilder().setProductId("beans");
  long onHand;
  long held;

  FabricatedBooks() {
    move("opening", 100, MovementReason.DELIVERED);
  }

  FabricatedBooks confirmed(String id) {
    order(id, OrderStatus.CONFIRMED);
    pay(id, PaymentState.CAPTURED);
    reserve(id, ReservationState.DEDUCTED);
    sell(id, 2);
    receipt(id);
    mail(id);
    pick(id);
    count();
    return this;
  }

  FabricatedBooks ended(String id, OrderStatus status, PaymentState payment) {
    order(id, status);
    pay(id, payment);
    reserve(id, ReservationState.RELEASED);
    return this;
  }

  void pending(String id) {
    order(id, OrderStatus.PENDING);
  }

  void hold(String id) {
    reserve(id, ReservationState.HELD);
    held += 2;
  }

  void sell(String id, int pieces) {
    move(id, -pieces, MovementReason.SOLD);
  }

  void receipt(String id) {
    receipts.put(
        id,
        Receipt.newBuilder()
            .setOrderId(id)
            .setState(ReceiptState.SENT)
            .setMessageId(messageId(id)));
  }

  void mail(String id) {
    mails.add(new Mail(messageId(id), "ada@example.org", "Your order", "", Instant.EPOCH, ""));
  }

  void pick(String id) {
    pickings.put(
        id, Picking.newBuilder().setOrderId(id).setState(PickingState.PICKED).setTimesPicked(1));
  }

  void count() {
    revenue
        .setSold(revenue.getSold() + 2)
        .setRevenue(Amounts.of(revenue.getRevenue().getMinorUnits() + 2500, "EUR"));
  }

  Payment.Builder payment(String id) {
    return requireNonNull(payments.get(id));
  }

  StatementLine.Builder line(String id) {
    return requireNonNull(statement.get(id));
  }

  Reservation.Builder reservation(String id) {
    return requireNonNull(reservations.get(id));
  }

  Receipt.Builder receiptOf(String id) {
    return requireNonNull(receipts.get(id));
  }

  Picking.Builder picking(String id) {
    return requireNonNull(pickings.get(id));
  }

  Books read() {
    return new Books(
        orders.values().stream().map(Order.Builder::build).toList(),
        new Books.Money(
            payments.values().stream().map(Payment.Builder::build).toList(),
            statement.values().stream().map(StatementLine.Builder::build).toList()),
        new Books.Goods(
            List.of(
                Level.newBuilder().setProductId("beans").setOnHand(onHand).setHeld(held).build()),
            reservations.values().stream().map(Reservation.Builder::build).toList(),
            movements),
        new Books.Post(receipts.values().stream().map(Receipt.Builder::build).toList(), mails),
        pickings.values().stream().map(Picking.Builder::build).toList(),
        List.of(revenue.build()));
  }

  private void order(String id, OrderStatus status) {
    orders.put(
        id,
        Order.newBuilder()
            .setOrderId(id)
            .setStatus(status)
            .addLines(
                OrderLine.newBuilder()
                    .setProductId("beans")
                    .setQuantity(2)
                    .setUnitPrice(Amounts.of(1250, "EUR")))
            .setTotal(TOTAL));
  }

  private void pay(String id, PaymentState state) {
    payments.put(id, Payment.newBuilder().setOrderId(id).setState(state).setAmount(TOTAL));
    boolean taken = state == PaymentState.CAPTURED || state == PaymentState.RETURNED;
    statement.put(
        id,
        StatementLine.newBuilder()
            .setReference(id)
            .setTaken(taken ? TOTAL : NOTHING)
            .setGivenBack(state == PaymentState.RETURNED ? TOTAL : NOTHING)
            .setCaptures(taken ? 1 : 0));
  }

  private void reserve(String id, ReservationState state) {
    reservations.put(
        id,
        Reservation.newBuilder()
            .setOrderId(id)
            .setState(state)
            .addLines(StockLine.newBuilder().setProductId("beans").setQuantity(2)));
  }

  private void move(String reference, int change, MovementReason reason) {
    movements.add(
        Movement.newBuilder()
            .setProductId("beans")
            .setChange(change)
            .setReason(reason)
            .setReference(reference)
            .build());
    onHand += change;
  }

  private static String messageId(String id) {
    return "<" + id + "@receipts.shop.example>";
  }
}
