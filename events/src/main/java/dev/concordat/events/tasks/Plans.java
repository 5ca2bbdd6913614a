package dev.concordat.events.tasks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/// Tells the planner, until the transaction ends, to go by the indexes. It knows a queue by what an
/// analyze saw some time ago: of one that was empty then, or long, it reads and sorts the whole
/// table for each claim.
final class Plans {
  private static final String BY_INDEX =
      """
      select set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true),
        set_config('enable_bitmapscan', 'off', true), set_config('enable_hashjoin', 'off', true),
        set_config('enable_mergejoin', 'off', true)
      """;

  private Plans() {}

  static void byIndex(Connection connection) throws SQLException {
    try (PreparedStatement set = connection.prepareStatement(BY_INDEX)) {
      set.execute();
    }
  }
}
