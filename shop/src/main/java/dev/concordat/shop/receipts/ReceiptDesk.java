package dev.concordat.shop.receipts;

import dev.concordat.core.Sink;
import dev.concordat.events.Dead;
import dev.concordat.events.Transaction;
import dev.concordat.events.personal.PersonalData;
import dev.concordat.service.Service;
import dev.concordat.shop.orders.v1.OrderConfirmed;
import dev.concordat.shop.receipts.v1.ListReceiptsRequest;
import dev.concordat.shop.receipts.v1.Receipt;
import dev.concordat.shop.receipts.v1.ReceiptsApi;
import dev.concordat.shop.receipts.v1.ReceiptsOwner;
import dev.concordat.shop.receipts.v1.SendReceipt;

/// Opens a receipt for each confirmed order, and sends it.
///
/// A mail server knows no transactions. When this process dies between the server's "250 OK" and
/// the mark, the mail is sent again under the same Message-ID, and the server keeps one of the two.
final class ReceiptDesk implements ReceiptsApi {
  private final Service<ReceiptsOwner> service;
  private final ReceiptBook book;
  private final PostOffice post;

  ReceiptDesk(Service<ReceiptsOwner> service, ReceiptBook book, PostOffice post) {
    this.service = service;
    this.book = book;
    this.post = post;
  }

  void open(OrderConfirmed confirmed, Transaction<ReceiptsOwner> tx) {
    String orderId = confirmed.getOrderId();
    if (PersonalData.hidden(confirmed)) {
      throw Dead.because(
          "there is no address to send the receipt to: the customer is forgotten, or receipts has"
              + " no master key");
    }
    if (book.open(tx.connection(), confirmed, "<" + orderId + "@receipts.shop.example>")) {
      tx.enqueue(SendReceipt.newBuilder().setOrderId(orderId).build());
    }
  }

  void send(SendReceipt task) {
    book.waiting(task.getOrderId())
        .ifPresent(draft -> {
          post.send(draft);
          try (var tx = service.begin()) {
            book.sent(tx.connection(), task.getOrderId(), service.clock().now());
            tx.commit();
          }
        });
  }

  @Override
  public void listReceipts(ListReceiptsRequest request, Sink<Receipt> out) {
    book.all(out::send);
  }
}
