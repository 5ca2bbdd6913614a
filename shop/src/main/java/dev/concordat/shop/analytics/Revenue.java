package dev.concordat.shop.analytics;

import dev.concordat.shop.analytics.v1.RevenueHour;
import dev.concordat.shop.orders.v1.OrderConfirmed;
import dev.concordat.shop.orders.v1.OrderLine;
import dev.concordat.shop.store.Amounts;
import dev.concordat.shop.store.Sql;
import dev.concordat.shop.store.Times;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;

/// Revenue of each product in each hour: a projection of the confirmed orders, and of nothing else.
final class Revenue {
  private static final String ADD =
      """
      insert into revenue (projection, hour, product_id, currency, sold, minor_units)
      select ?, hour::timestamptz, product_id, currency, sold, minor_units
      from unnest(?, ?, ?, ?, ?) as sum (hour, product_id, currency, sold, minor_units)
      on conflict (projection, hour, product_id, currency) do update
        set sold = revenue.sold + excluded.sold,
            minor_units = revenue.minor_units + excluded.minor_units
      """;
  private static final String LIST =
      """
      select product_id, hour, sold, minor_units, currency from revenue
      where projection = ? and (? = '' or product_id = ?) and hour >= ?
      order by hour, product_id, currency
      """;

  private final DataSource database;
  private final String projection;

  Revenue(DataSource database, String projection) {
    this.database = database;
    this.projection = projection;
  }

  private record Cell(Instant hour, String productId, String currency) {
    static final Comparator<Cell> ORDER =
        Comparator.comparing(Cell::hour)
            .thenComparing(Cell::productId)
            .thenComparing(Cell::currency);
  }

  private record Sum(long sold, long minorUnits) {
    Sum plus(Sum other) {
      return new Sum(sold + other.sold, minorUnits + other.minorUnits);
    }
  }

  /// Adds what a batch of orders earned, with one statement. Rows are touched in one order, so that
  /// two batches at once cannot wait for each other in a circle.
  void add(Connection connection, List<OrderConfirmed> orders) {
    TreeMap<Cell, Sum> sums = new TreeMap<>(Cell.ORDER);
    for (OrderConfirmed order : orders) {
      Instant hour = Times.instant(order.getConfirmedAt()).truncatedTo(ChronoUnit.HOURS);
      for (OrderLine line : order.getLinesList()) {
        var price = Amounts.times(line.getUnitPrice(), line.getQuantity());
        sums.merge(
            new Cell(hour, line.getProductId(), price.getCurrencyCode()),
            new Sum(line.getQuantity(), price.getMinorUnits()),
            Sum::plus);
      }
    }
    Sql.run(
        connection,
        ADD,
        projection,
        column(sums.keySet(), cell -> cell.hour().toString()),
        column(sums.keySet(), Cell::productId),
        column(sums.keySet(), Cell::currency),
        sums.values().stream().map(Sum::sold).toArray(Long[]::new),
        sums.values().stream().map(Sum::minorUnits).toArray(Long[]::new));
  }

  void list(String productId, Instant since, Consumer<RevenueHour> to) {
    Sql.stream(database, Revenue::read, to, LIST, projection, productId, productId, since);
  }

  private static String[] column(Collection<Cell> cells, Function<Cell, String> value) {
    return cells.stream().map(value).toArray(String[]::new);
  }

  private static RevenueHour read(ResultSet row) throws SQLException {
    return RevenueHour.newBuilder()
        .setProductId(row.getString("product_id"))
        .setHour(Times.read(row, "hour"))
        .setSold(row.getLong("sold"))
        .setRevenue(Amounts.of(row.getLong("minor_units"), row.getString("currency")))
        .build();
  }
}
