package dev.concordat.shop.payments;

import dev.concordat.core.Context;
import dev.concordat.core.Sink;
import dev.concordat.events.tasks.Delivery;
import dev.concordat.service.Service;
import dev.concordat.shop.payments.PaymentBooks.Entry;
import dev.concordat.shop.payments.v1.CapturePaymentRequest;
import dev.concordat.shop.payments.v1.GetPaymentRequest;
import dev.concordat.shop.payments.v1.ListPaymentsRequest;
import dev.concordat.shop.payments.v1.Payment;
import dev.concordat.shop.payments.v1.PaymentCaptured;
import dev.concordat.shop.payments.v1.PaymentReturned;
import dev.concordat.shop.payments.v1.PaymentState;
import dev.concordat.shop.payments.v1.PaymentsApi;
import dev.concordat.shop.payments.v1.PaymentsOwner;
import dev.concordat.shop.payments.v1.ReadStatementRequest;
import dev.concordat.shop.payments.v1.ReconcilePayment;
import dev.concordat.shop.payments.v1.ReturnPaymentRequest;
import dev.concordat.shop.payments.v1.StatementLine;
import dev.concordat.shop.paypoint.v1.Charge;
import dev.concordat.shop.paypoint.v1.ChargeReference;
import dev.concordat.shop.paypoint.v1.LedgerPage;
import dev.concordat.shop.paypoint.v1.LedgerPosition;
import dev.concordat.shop.paypoint.v1.NewCharge;
import dev.concordat.shop.paypoint.v1.PaypointClient;
import dev.concordat.shop.pricing.v1.Money;
import dev.concordat.shop.store.Amounts;
import dev.concordat.shop.store.Refusals;
import dev.concordat.shop.store.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/// Takes money and gives it back. What is about to be asked of the payment company is written down
/// before, and what came of it after: a crash in between leaves a row that says so, and a task that
/// looks at it.
final class Cashier implements PaymentsApi {
  /// Longer than any call may take, so that the task never meets a payment under way.
  private static final Duration RECONCILE_AFTER = Duration.ofSeconds(30);

  private final Service<PaymentsOwner> service;
  private final PaymentBooks books;
  private final PaypointClient paypoint;

  Cashier(Service<PaymentsOwner> service, PaymentBooks books, PaypointClient paypoint) {
    this.service = service;
    this.books = books;
    this.paypoint = paypoint;
  }

  @Override
  public Payment capturePayment(CapturePaymentRequest request) {
    String orderId = request.getOrderId();
    Entry entry = open(request);
    if (entry.state() == PaymentState.PENDING) {
      Charge charge =
          charge(
              NewCharge.newBuilder()
                  .setReference(orderId)
                  .setAmount(request.getAmount().getMinorUnits())
                  .setCurrency(request.getAmount().getCurrencyCode())
                  .setToken(request.getPaymentToken())
                  .build());
      entry = settle(entry.payment(), charge);
    }
    return switch (entry.state()) {
      case CAPTURED -> entry.payment();
      case DECLINED -> throw Refusals.now("CARD_DECLINED", entry.payment().getReason());
      case PENDING, RETURNING, RETURNED, PAYMENT_STATE_UNSPECIFIED, UNRECOGNIZED ->
          throw Refusals.now("PAYMENT_CLOSED", "the payment of order " + orderId + " was stopped");
    };
  }

  @Override
  public Payment returnPayment(ReturnPaymentRequest request) {
    String orderId = request.getOrderId();
    Entry entry = beginReturn(orderId);
    if (entry.state() != PaymentState.RETURNING) {
      return entry.payment();
    }
    ChargeReference taken = ChargeReference.newBuilder().setReference(orderId).build();
    Charge charge = entry.wasCaptured() ? paypoint.refundCharge(taken) : paypoint.voidCharge(taken);
    return endReturn(entry.payment(), charge);
  }

  /// Brings a payment to its end that nobody has brought to one: nobody was told that the money is
  /// ours, so it goes back.
  void reconcile(ReconcilePayment task) {
    PaymentState state =
        books
            .find(task.getOrderId())
            .map(Entry::state)
            .orElse(PaymentState.PAYMENT_STATE_UNSPECIFIED);
    if (state == PaymentState.PENDING || state == PaymentState.RETURNING) {
      returnPayment(ReturnPaymentRequest.newBuilder().setOrderId(task.getOrderId()).build());
    }
  }

  @Override
  public Payment getPayment(GetPaymentRequest request) {
    return books
        .find(request.getOrderId())
        .map(Entry::payment)
        .orElseThrow(() -> Refusals.unknown("order_id", "payment of order", request.getOrderId()));
  }

  @Override
  public void listPayments(ListPaymentsRequest request, Sink<Payment> out) {
    books.all(out::send);
  }

  @Override
  public void readStatement(ReadStatementRequest request, Sink<StatementLine> out) {
    String after = "";
    do {
      LedgerPage page = paypoint.readLedger(LedgerPosition.newBuilder().setAfter(after).build());
      page.getChargesList().forEach(charge -> out.send(line(charge)));
      after = page.getNext();
    } while (!after.isEmpty());
  }

  /// The company knows the charge by its reference; the same as a key lets our own retries know it
  /// too.
  private Charge charge(NewCharge charge) {
    return Context.current()
        .withIdempotencyKey(charge.getReference())
        .call(() -> paypoint.createCharge(charge));
  }

  private Entry open(CapturePaymentRequest request) {
    String orderId = request.getOrderId();
    try (var tx = service.begin()) {
      if (books.open(tx.connection(), orderId, PaymentState.PENDING, request.getAmount(), now())) {
        tx.enqueue(
            ReconcilePayment.newBuilder().setOrderId(orderId).build(),
            Delivery.after(RECONCILE_AFTER));
      }
      Entry entry = books.find(tx.connection(), orderId).orElseThrow();
      tx.commit();
      return entry;
    }
  }

  private Entry settle(Payment pending, Charge charge) {
    PaymentState state =
        switch (charge.getState()) {
          case CAPTURED -> PaymentState.CAPTURED;
          case DECLINED -> PaymentState.DECLINED;
          // Somebody has stopped it, or still has to: not ours to settle.
          case PROCESSING, VOIDED, REFUNDED, CHARGE_STATE_UNSPECIFIED, UNRECOGNIZED ->
              PaymentState.PENDING;
        };
    Instant at = now();
    try (var tx = service.begin()) {
      boolean captured =
          books.settle(tx.connection(), pending.getOrderId(), state, charge.getDeclineReason(), at)
              && state == PaymentState.CAPTURED;
      if (captured) {
        tx.publish(
            PaymentCaptured.newBuilder()
                .setOrderId(pending.getOrderId())
                .setAmount(pending.getAmount())
                .setCapturedAt(Times.of(at))
                .build());
      }
      Entry entry = books.find(tx.connection(), pending.getOrderId()).orElseThrow();
      tx.commit();
      return entry;
    }
  }

  private Entry beginReturn(String orderId) {
    try (var tx = service.begin()) {
      // A payment that is still on its way finds this row and comes too late.
      Money none = Amounts.of(0, "");
      books.open(tx.connection(), orderId, PaymentState.RETURNED, none, now());
      books.beginReturn(tx.connection(), orderId, now());
      Entry entry = books.find(tx.connection(), orderId).orElseThrow();
      tx.commit();
      return entry;
    }
  }

  private Payment endReturn(Payment returning, Charge charge) {
    Instant at = now();
    try (var tx = service.begin()) {
      boolean first = books.endReturn(tx.connection(), returning.getOrderId(), at);
      if (first && charge.getReturned() > 0) {
        tx.publish(
            PaymentReturned.newBuilder()
                .setOrderId(returning.getOrderId())
                .setAmount(Amounts.of(charge.getReturned(), charge.getCurrency()))
                .setReturnedAt(Times.of(at))
                .build());
      }
      Entry entry = books.find(tx.connection(), returning.getOrderId()).orElseThrow();
      tx.commit();
      return entry.payment();
    }
  }

  private Instant now() {
    return service.clock().now();
  }

  private static StatementLine line(Charge charge) {
    return StatementLine.newBuilder()
        .setReference(charge.getReference())
        .setTaken(Amounts.of(charge.getCaptured(), charge.getCurrency()))
        .setGivenBack(Amounts.of(charge.getReturned(), charge.getCurrency()))
        .setCaptures(charge.getCaptures())
        .setState(charge.getState().name().toLowerCase(Locale.ROOT))
        .build();
  }
}
