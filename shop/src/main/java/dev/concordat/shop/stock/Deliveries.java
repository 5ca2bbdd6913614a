package dev.concordat.shop.stock;

import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.shop.stock.v1.DeliveryItem;
import dev.concordat.shop.stock.v1.DeliveryReceipt;
import dev.concordat.shop.stock.v1.Movement;
import dev.concordat.shop.stock.v1.MovementReason;
import java.sql.Connection;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/// One delivery note, read to its end and then booked as a whole.
final class Deliveries {
  private static final int MAX_ITEMS = 10_000;

  private final StockBooks books;
  private final Clock clock;

  Deliveries(StockBooks books, Clock clock) {
    this.books = books;
    this.clock = clock;
  }

  /// What stands on a delivery note, by product.
  record Note(String deliveryId, int items, TreeMap<String, Long> pieces) {}

  static Note read(Iterable<DeliveryItem> items) {
    String deliveryId = "";
    int count = 0;
    TreeMap<String, Long> pieces = new TreeMap<>();
    for (DeliveryItem item : items) {
      if (count > 0 && !item.getDeliveryId().equals(deliveryId)) {
        throw Failure.of(
            Code.INVALID_ARGUMENT,
            "one stream is one delivery note, but this one has items of "
                + deliveryId
                + " and "
                + item.getDeliveryId());
      }
      if (++count > MAX_ITEMS) {
        throw Failure.of(
            Code.INVALID_ARGUMENT, "a delivery note has at most " + MAX_ITEMS + " items");
      }
      deliveryId = item.getDeliveryId();
      pieces.merge(item.getProductId(), (long) item.getQuantity(), Long::sum);
    }
    if (count == 0) {
      throw Failure.of(Code.INVALID_ARGUMENT, "the delivery note has no item");
    }
    return new Note(deliveryId, count, pieces);
  }

  DeliveryReceipt book(Connection connection, Note note) {
    DeliveryReceipt.Builder receipt = DeliveryReceipt.newBuilder().setDeliveryId(note.deliveryId());
    if (!books.book(connection, note.deliveryId())) {
      return receipt.build();
    }
    Instant now = clock.now();
    long sum = 0;
    for (Map.Entry<String, Long> line : note.pieces().entrySet()) {
      books.deliver(connection, line.getKey(), line.getValue());
      books.move(connection, movement(note.deliveryId(), line), now);
      sum += line.getValue();
    }
    return receipt.setItems(note.items()).setPieces(sum).build();
  }

  private static Movement movement(String deliveryId, Map.Entry<String, Long> line) {
    return Movement.newBuilder()
        .setProductId(line.getKey())
        .setChange(line.getValue())
        .setReason(MovementReason.DELIVERED)
        .setReference(deliveryId)
        .build();
  }
}
