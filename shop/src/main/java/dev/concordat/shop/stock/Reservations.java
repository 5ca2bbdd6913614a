package dev.concordat.shop.stock;

import dev.concordat.core.Clock;
import dev.concordat.events.Dead;
import dev.concordat.shop.stock.v1.Movement;
import dev.concordat.shop.stock.v1.MovementReason;
import dev.concordat.shop.stock.v1.ReleaseRequest;
import dev.concordat.shop.stock.v1.Reservation;
import dev.concordat.shop.stock.v1.ReservationState;
import dev.concordat.shop.stock.v1.ReserveRequest;
import dev.concordat.shop.stock.v1.StockLine;
import dev.concordat.shop.store.Refusals;
import dev.concordat.shop.store.Times;
import java.sql.Connection;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/// What happens to a reservation, each step once however often it is asked for: held → deducted →
/// returned, or held → released. Works inside the caller's transaction.
final class Reservations {
  private final StockBooks books;
  private final Clock clock;

  Reservations(StockBooks books, Clock clock) {
    this.books = books;
    this.clock = clock;
  }

  Reservation reserve(Connection connection, ReserveRequest request) {
    Instant now = clock.now();
    String orderId = request.getOrderId();
    if (!books.open(connection, orderId, ReservationState.HELD, now)) {
      return again(books.lock(connection, orderId).orElseThrow());
    }
    List<StockLine> lines =
        request.getLinesList().stream()
            .sorted(Comparator.comparing(StockLine::getProductId))
            .toList();
    for (StockLine line : lines) {
      if (!books.hold(connection, orderId, line)) {
        throw Refusals.now("OUT_OF_STOCK", "out of stock: " + line.getProductId());
      }
    }
    return Reservation.newBuilder()
        .setOrderId(orderId)
        .setState(ReservationState.HELD)
        .addAllLines(lines)
        .setChangedAt(Times.of(now))
        .build();
  }

  private static Reservation again(Reservation present) {
    return switch (present.getState()) {
      case HELD, DEDUCTED -> present;
      case RELEASED, RETURNED, RESERVATION_STATE_UNSPECIFIED, UNRECOGNIZED ->
          throw Refusals.now(
              "RESERVATION_CLOSED",
              "the stock of order " + present.getOrderId() + " was given back before");
    };
  }

  Reservation release(Connection connection, ReleaseRequest request) {
    Instant now = clock.now();
    String orderId = request.getOrderId();
    // A reservation that is still on its way finds this row and comes too late.
    books.open(connection, orderId, ReservationState.RELEASED, now);
    Reservation present = books.lock(connection, orderId).orElseThrow();
    return switch (present.getState()) {
      case HELD -> {
        for (StockLine line : present.getLinesList()) {
          books.change(connection, line.getProductId(), 0, -line.getQuantity());
        }
        yield books.state(connection, present, ReservationState.RELEASED, now);
      }
      case DEDUCTED -> {
        for (StockLine line : present.getLinesList()) {
          books.change(connection, line.getProductId(), line.getQuantity(), 0);
          move(connection, present, line, MovementReason.CANCELLED, now);
        }
        yield books.state(connection, present, ReservationState.RETURNED, now);
      }
      case RELEASED, RETURNED, RESERVATION_STATE_UNSPECIFIED, UNRECOGNIZED -> present;
    };
  }

  void deduct(Connection connection, String orderId) {
    Reservation present =
        books
            .lock(connection, orderId)
            .orElseThrow(() ->
                Dead.because("order " + orderId + " was confirmed but nothing is held for it"));
    if (present.getState() != ReservationState.HELD) {
      return; // cancelled in the meantime, or deducted before
    }
    Instant now = clock.now();
    for (StockLine line : present.getLinesList()) {
      books.change(connection, line.getProductId(), -line.getQuantity(), -line.getQuantity());
      move(connection, present, line, MovementReason.SOLD, now);
    }
    books.state(connection, present, ReservationState.DEDUCTED, now);
  }

  private void move(
      Connection connection,
      Reservation reservation,
      StockLine line,
      MovementReason reason,
      Instant at) {
    int sign = reason == MovementReason.SOLD ? -1 : 1;
    books.move(
        connection,
        Movement.newBuilder()
            .setProductId(line.getProductId())
            .setChange((long) sign * line.getQuantity())
            .setReason(reason)
            .setReference(reservation.getOrderId())
            .build(),
        at);
  }
}
