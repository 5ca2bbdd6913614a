package dev.concordat.shop.analytics;

import dev.concordat.events.subscriptions.Received;
import dev.concordat.service.Concordat;
import dev.concordat.service.Environment;
import dev.concordat.service.Running;
import dev.concordat.shop.analytics.v1.AnalyticsApi;
import dev.concordat.shop.analytics.v1.AnalyticsOwner;
import dev.concordat.shop.orders.v1.OrderConfirmed;

/// The analytics service, put together.
public final class AnalyticsService {
  /// The subscription, and the name of what it makes. To make the figures anew beside the old ones,
  /// give it another name: the new one reads from the beginning.
  private static final String PROJECTION = "revenue-1";

  private AnalyticsService() {}

  /// Starts it.
  public static Running start(Environment environment) {
    var service = Concordat.service(AnalyticsOwner.OWNER, environment);
    service.migrate(AnalyticsService.class, "analytics.sql");
    var revenue = new Revenue(service.database(), PROJECTION);
    service.implement(AnalyticsApi.CONTRACT, new AnalyticsDesk(revenue));
    service.project(
        OrderConfirmed.class,
        PROJECTION,
        (events, tx) ->
            revenue.add(tx.connection(), events.stream().map(Received::event).toList()));
    return service.start();
  }
}
