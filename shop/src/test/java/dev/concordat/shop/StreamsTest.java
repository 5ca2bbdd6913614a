package dev.concordat.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Exchange;
import dev.concordat.core.Upload;
import dev.concordat.shop.orders.v1.Order;
import dev.concordat.shop.stock.v1.DeliveryItem;
import dev.concordat.shop.stock.v1.DeliveryReceipt;
import dev.concordat.shop.stock.v1.StockClient;
import dev.concordat.shop.warehouse.v1.ParcelProgress;
import dev.concordat.shop.warehouse.v1.ParcelScan;
import dev.concordat.shop.warehouse.v1.WarehouseClient;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RunningShop.class)
class StreamsTest {
  private final ShopUnderTest shop;

  StreamsTest(ShopUnderTest shop) {
    this.shop = shop;
  }

  @Test
  void changesAreStreamedUntilTheOrderIsFinal() {
    Order order = shop.buy("tok_declined");
    String changes = "/v1/orders/" + order.getOrderId() + "/changes";
    assertThat(shop.get(changes, "application/x-ndjson").body().lines())
        .satisfiesExactly(
            first -> assertThat(first).contains("PENDING"),
            last -> assertThat(last).contains("REJECTED").contains("card declined"));
    assertThat(shop.get(changes, "text/event-stream").body())
        .contains("data:")
        .contains("REJECTED");
  }

  @Test
  void customersHistoryIsStreamed() {
    Order order = shop.buy("tok_visa");
    String history = shop.get("/v1/customers/ada/orders", "application/x-ndjson").body();
    assertThat(history.lines().findFirst().orElseThrow()).contains(order.getOrderId());
    assertThat(shop.get("/v1/customers/nobody/orders", "application/x-ndjson").body()).isEmpty();
  }

  @Test
  void deliveryIsBookedOnce() throws InterruptedException {
    String note = "note-" + UUID.randomUUID();
    DeliveryReceipt first = deliver(note);
    assertThat(first.getItems()).isEqualTo(2);
    assertThat(first.getPieces()).isEqualTo(30);
    assertThat(deliver(note).getItems()).isZero();
    assertThat(shop.audit().findings()).isEmpty();
  }

  @Test
  void parcelIsCheckedPieceByPiece() throws InterruptedException {
    Order order = shop.buy("tok_visa"); // two bags
    assertThat(shop.audit().findings()).isEmpty(); // so that the warehouse has heard of it
    WarehouseClient warehouse = shop.client(WarehouseClient.FACTORY);
    try (Exchange<ParcelScan, ParcelProgress> desk = warehouse.checkParcel()) {
      desk.send(scan(order, "antigua-250g"));
      assertThat(desk.next().orElseThrow().getMissing(0).getQuantity()).isEqualTo(1);
      desk.send(scan(order, "moka-pot-6"));
      assertThat(desk.next().orElseThrow().getIsExpected()).isFalse();
      desk.send(scan(order, "antigua-250g"));
      assertThat(desk.next().orElseThrow().getMissingCount()).isZero();
      desk.finish();
      assertThat(desk.next()).isEmpty();
    }
  }

  private DeliveryReceipt deliver(String note) {
    try (Upload<DeliveryItem, DeliveryReceipt> delivery =
        shop.client(StockClient.FACTORY).receiveDelivery()) {
      delivery.send(item(note, "moka-pot-6", 10));
      delivery.send(item(note, "camp-mug-350ml", 20));
      return delivery.finish();
    }
  }

  private static DeliveryItem item(String note, String productId, int quantity) {
    return DeliveryItem.newBuilder()
        .setDeliveryId(note)
        .setProductId(productId)
        .setQuantity(quantity)
        .build();
  }

  private static ParcelScan scan(Order order, String productId) {
    return ParcelScan.newBuilder().setOrderId(order.getOrderId()).setProductId(productId).build();
  }
}
