package dev.concordat.shop.warehouse;

import dev.concordat.core.Clock;
import dev.concordat.core.Sink;
import dev.concordat.core.Source;
import dev.concordat.events.Transaction;
import dev.concordat.shop.orders.v1.OrderCancelled;
import dev.concordat.shop.orders.v1.OrderConfirmed;
import dev.concordat.shop.warehouse.v1.ListPickingsRequest;
import dev.concordat.shop.warehouse.v1.ParcelProgress;
import dev.concordat.shop.warehouse.v1.ParcelScan;
import dev.concordat.shop.warehouse.v1.PickLine;
import dev.concordat.shop.warehouse.v1.PickOrder;
import dev.concordat.shop.warehouse.v1.Picking;
import dev.concordat.shop.warehouse.v1.PickingState;
import dev.concordat.shop.warehouse.v1.WarehouseApi;
import dev.concordat.shop.warehouse.v1.WarehouseOwner;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Opens a picking for each confirmed order, has it picked, and drops it when the order is
/// cancelled — in whatever order the two facts arrive, since they are two topics.
final class PickingDesk implements WarehouseApi {
  private final PickingBook book;
  private final Clock clock;

  PickingDesk(PickingBook book, Clock clock) {
    this.book = book;
    this.clock = clock;
  }

  void open(OrderConfirmed confirmed, Transaction<WarehouseOwner> tx) {
    String orderId = confirmed.getOrderId();
    if (!book.open(tx.connection(), orderId, PickingState.WAITING, clock.now())) {
      return; // cancelled before we heard of it
    }
    List<PickLine> lines =
        confirmed.getLinesList().stream()
            .map(line ->
                PickLine.newBuilder()
                    .setProductId(line.getProductId())
                    .setQuantity(line.getQuantity())
                    .build())
            .toList();
    book.add(tx.connection(), orderId, lines);
    tx.enqueue(PickOrder.newBuilder().setOrderId(orderId).build());
  }

  void cancel(OrderCancelled cancelled, Transaction<WarehouseOwner> tx) {
    book.open(tx.connection(), cancelled.getOrderId(), PickingState.DROPPED, clock.now());
    book.cancel(tx.connection(), cancelled.getOrderId(), clock.now());
  }

  void pick(PickOrder task, Transaction<WarehouseOwner> tx) {
    book.pick(tx.connection(), task.getOrderId(), clock.now());
  }

  @Override
  public void checkParcel(Source<ParcelScan> scans, Sink<ParcelProgress> out) {
    String orderId = "";
    TreeMap<String, Integer> missing = new TreeMap<>();
    for (ParcelScan scan : scans) {
      if (!scan.getOrderId().equals(orderId)) { // the next parcel
        orderId = scan.getOrderId();
        missing.clear();
        book.lines(orderId).forEach(line -> missing.put(line.getProductId(), line.getQuantity()));
      }
      boolean expected = missing.containsKey(scan.getProductId());
      missing.computeIfPresent(scan.getProductId(), (product, left) -> left > 1 ? left - 1 : null);
      out.send(progress(orderId, expected, missing));
    }
  }

  @Override
  public void listPickings(ListPickingsRequest request, Sink<Picking> out) {
    book.all(out::send);
  }

  private static ParcelProgress progress(
      String orderId, boolean expected, SortedMap<String, Integer> missing) {
    ParcelProgress.Builder progress =
        ParcelProgress.newBuilder().setOrderId(orderId).setIsExpected(expected);
    missing.forEach((product, left) ->
        progress.addMissing(PickLine.newBuilder().setProductId(product).setQuantity(left)));
    return progress.build();
  }
}
