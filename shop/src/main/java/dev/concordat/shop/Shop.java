package dev.concordat.shop;

import dev.concordat.service.Plan;
import dev.concordat.shop.analytics.AnalyticsService;
import dev.concordat.shop.cart.CartService;
import dev.concordat.shop.fraud.FraudService;
import dev.concordat.shop.mailserver.MailServer;
import dev.concordat.shop.orders.OrdersService;
import dev.concordat.shop.payments.PaymentsService;
import dev.concordat.shop.paypoint.Paypoint;
import dev.concordat.shop.pricing.PricingService;
import dev.concordat.shop.receipts.ReceiptsService;
import dev.concordat.shop.stock.StockService;
import dev.concordat.shop.warehouse.WarehouseService;

/// The shop, declared: what it is made of. `concordat up` runs it.
public final class Shop {
  private Shop() {}

  /// The whole system.
  public static Plan plan() {
    return Plan.named("shop")
        .foreign("paypoint", Paypoint::start)
        .foreign("mailserver", MailServer::start)
        .service("pricing", PricingService::start)
        .service("stock", StockService::start)
        .service("cart", CartService::start)
        .service("payments", PaymentsService::start)
        .service("fraud", FraudService::start)
        .service("orders", OrdersService::start)
        .service("receipts", ReceiptsService::start)
        .service("warehouse", WarehouseService::start)
        .service("analytics", AnalyticsService::start)
        .edge("edge", ShopEdge::start);
  }
}
