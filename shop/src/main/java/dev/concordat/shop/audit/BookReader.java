package dev.concordat.shop.audit;

import dev.concordat.calls.Calls;
import dev.concordat.core.Source;
import dev.concordat.shop.analytics.v1.AnalyticsClient;
import dev.concordat.shop.analytics.v1.ListRevenueRequest;
import dev.concordat.shop.mailserver.Maildir;
import dev.concordat.shop.orders.v1.ListOrdersRequest;
import dev.concordat.shop.orders.v1.OrdersClient;
import dev.concordat.shop.payments.v1.ListPaymentsRequest;
import dev.concordat.shop.payments.v1.PaymentsClient;
import dev.concordat.shop.payments.v1.ReadStatementRequest;
import dev.concordat.shop.receipts.v1.ListReceiptsRequest;
import dev.concordat.shop.receipts.v1.ReceiptsClient;
import dev.concordat.shop.stock.v1.ListLevelsRequest;
import dev.concordat.shop.stock.v1.ListMovementsRequest;
import dev.concordat.shop.stock.v1.ListReservationsRequest;
import dev.concordat.shop.stock.v1.StockClient;
import dev.concordat.shop.warehouse.v1.ListPickingsRequest;
import dev.concordat.shop.warehouse.v1.WarehouseClient;
import java.util.ArrayList;
import java.util.List;

/// Reads the books of all services through their APIs, and the mails in the mail server's folder.
///
/// Failure: a service that does not answer throws [dev.concordat.core.Failure].
public final class BookReader {
  private final OrdersClient orders;
  private final PaymentsClient payments;
  private final StockClient stock;
  private final ReceiptsClient receipts;
  private final WarehouseClient warehouse;
  private final AnalyticsClient analytics;
  private final Maildir mails;

  /// @param calls whose caller name is `audit`: the contracts let nobody else read the books
  /// @param mails the mail server's folder
  public BookReader(Calls calls, Maildir mails) {
    this.orders = calls.client(OrdersClient.FACTORY);
    this.payments = calls.client(PaymentsClient.FACTORY);
    this.stock = calls.client(StockClient.FACTORY);
    this.receipts = calls.client(ReceiptsClient.FACTORY);
    this.warehouse = calls.client(WarehouseClient.FACTORY);
    this.analytics = calls.client(AnalyticsClient.FACTORY);
    this.mails = mails;
  }

  /// All books. What changes while they are read may look wrong; read them again then.
  public Books read() {
    var money =
        new Books.Money(
            all(payments.listPayments(ListPaymentsRequest.getDefaultInstance())),
            all(payments.readStatement(ReadStatementRequest.getDefaultInstance())));
    var goods =
        new Books.Goods(
            all(stock.listLevels(ListLevelsRequest.getDefaultInstance())),
            all(stock.listReservations(ListReservationsRequest.getDefaultInstance())),
            all(stock.listMovements(ListMovementsRequest.getDefaultInstance())));
    var post =
        new Books.Post(
            all(receipts.listReceipts(ListReceiptsRequest.getDefaultInstance())), mails.mails());
    return new Books(
        all(orders.listOrders(ListOrdersRequest.getDefaultInstance())),
        money,
        goods,
        post,
        all(warehouse.listPickings(ListPickingsRequest.getDefaultInstance())),
        all(analytics.listRevenue(ListRevenueRequest.getDefaultInstance())));
  }

  private static <T> List<T> all(Source<T> source) {
    try (source) {
      List<T> read = new ArrayList<>();
      source.forEach(read::add);
      return read;
    }
  }
}
