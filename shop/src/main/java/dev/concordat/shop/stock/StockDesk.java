package dev.concordat.shop.stock;

import dev.concordat.core.Sink;
import dev.concordat.core.Source;
import dev.concordat.service.Service;
import dev.concordat.shop.stock.v1.DeliveryItem;
import dev.concordat.shop.stock.v1.DeliveryReceipt;
import dev.concordat.shop.stock.v1.GetLevelsRequest;
import dev.concordat.shop.stock.v1.GetLevelsResponse;
import dev.concordat.shop.stock.v1.Level;
import dev.concordat.shop.stock.v1.ListLevelsRequest;
import dev.concordat.shop.stock.v1.ListMovementsRequest;
import dev.concordat.shop.stock.v1.ListReservationsRequest;
import dev.concordat.shop.stock.v1.Movement;
import dev.concordat.shop.stock.v1.ReleaseRequest;
import dev.concordat.shop.stock.v1.Reservation;
import dev.concordat.shop.stock.v1.ReserveRequest;
import dev.concordat.shop.stock.v1.StockApi;
import dev.concordat.shop.stock.v1.StockOwner;

/// Answers for the stock.
final class StockDesk implements StockApi {
  private final Service<StockOwner> service;
  private final StockBooks books;
  private final Reservations reservations;
  private final Deliveries deliveries;

  StockDesk(Service<StockOwner> service, StockBooks books, Reservations reservations) {
    this.service = service;
    this.books = books;
    this.reservations = reservations;
    this.deliveries = new Deliveries(books, service.clock());
  }

  @Override
  public GetLevelsResponse getLevels(GetLevelsRequest request) {
    return GetLevelsResponse.newBuilder()
        .addAllLevels(books.levels(request.getProductIdsList()))
        .build();
  }

  @Override
  public Reservation reserve(ReserveRequest request) {
    try (var tx = service.begin()) {
      return service.commit(tx, reservations.reserve(tx.connection(), request));
    }
  }

  @Override
  public Reservation release(ReleaseRequest request) {
    try (var tx = service.begin()) {
      return service.commit(tx, reservations.release(tx.connection(), request));
    }
  }

  @Override
  public DeliveryReceipt receiveDelivery(Source<DeliveryItem> items) {
    Deliveries.Note note = Deliveries.read(items);
    try (var tx = service.begin()) {
      return service.commit(tx, deliveries.book(tx.connection(), note));
    }
  }

  @Override
  public void listLevels(ListLevelsRequest request, Sink<Level> out) {
    books.levels(out::send);
  }

  @Override
  public void listReservations(ListReservationsRequest request, Sink<Reservation> out) {
    books.reservations(out::send);
  }

  @Override
  public void listMovements(ListMovementsRequest request, Sink<Movement> out) {
    books.movements(out::send);
  }
}
