package dev.concordat.shop.fraud;

import dev.concordat.shop.store.Sql;
import java.sql.Connection;
import java.time.Instant;
import javax.sql.DataSource;

/// How orders ended, in the database.
final class Outcomes {
  private static final String ADD =
      """
      insert into outcome (order_id, customer_id, confirmed, at) values (?, ?, ?, ?)
      on conflict do nothing
      """;
  private static final String HISTORY =
      """
      select count(*) filter (where confirmed),
        count(*) filter (where confirmed and at >= ?),
        count(*) filter (where not confirmed and at >= ?)
      from outcome where customer_id = ?
      """;

  private final DataSource database;

  Outcomes(DataSource database) {
    this.database = database;
  }

  void add(
      Connection connection, String orderId, String customerId, boolean confirmed, Instant at) {
    Sql.run(connection, ADD, orderId, customerId, confirmed, at);
  }

  /// What is known of a customer.
  ///
  /// @param lately where "lately" begins
  History of(String customerId, Instant lately) {
    return Sql.one(
            database,
            row -> new History(row.getInt(1), row.getInt(2), row.getInt(3)),
            HISTORY,
            lately,
            lately,
            customerId)
        .orElseThrow();
  }
}
