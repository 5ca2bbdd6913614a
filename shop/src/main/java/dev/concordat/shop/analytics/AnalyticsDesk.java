package dev.concordat.shop.analytics;

import dev.concordat.core.Sink;
import dev.concordat.shop.analytics.v1.AnalyticsApi;
import dev.concordat.shop.analytics.v1.ListRevenueRequest;
import dev.concordat.shop.analytics.v1.RevenueHour;
import dev.concordat.shop.store.Times;

/// Answers from the projection.
final class AnalyticsDesk implements AnalyticsApi {
  private final Revenue revenue;

  AnalyticsDesk(Revenue revenue) {
    this.revenue = revenue;
  }

  @Override
  public void listRevenue(ListRevenueRequest request, Sink<RevenueHour> out) {
    revenue.list(request.getProductId(), Times.instant(request.getSince()), out::send);
  }
}
