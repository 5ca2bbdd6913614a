package dev.concordat.events.subscriptions;

import dev.concordat.events.store.Database;
import dev.concordat.events.subscriptions.SubscriptionView.PauseInForce;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The pauses of one subscription, as all processes of the service see them.
final class Pauses {
  private static final String IN_FORCE =
      """
      select key, by, reason, since from concordat.pause
      where subscription = ? and ended_at is null
      order by id
      """;
  private static final String BEGIN =
      """
      insert into concordat.pause (subscription, key, by, reason) values (?, ?, ?, ?)
      on conflict (subscription, key) where ended_at is null do nothing
      """;
  private static final String END =
      """
      update concordat.pause set ended_at = now(), ended_by = ?
      where subscription = ? and key is not distinct from ? and ended_at is null
      """;

  private final int subscription;

  Pauses(int subscription) {
    this.subscription = subscription;
  }

  List<PauseInForce> inForce(Database database) {
    return database.read(this::inForce);
  }

  /// Pauses; false when it was paused already.
  boolean begin(Connection connection, Optional<String> key, String by, String reason)
      throws SQLException {
    try (var insert = connection.prepareStatement(BEGIN)) {
      insert.setInt(1, subscription);
      insert.setString(2, key.orElse(null));
      insert.setString(3, by);
      insert.setString(4, reason);
      return insert.executeUpdate() == 1;
    }
  }

  /// Resumes; false when it was not paused.
  boolean end(Connection connection, Optional<String> key, String by) throws SQLException {
    try (var update = connection.prepareStatement(END)) {
      update.setString(1, by);
      update.setInt(2, subscription);
      update.setString(3, key.orElse(null));
      return update.executeUpdate() == 1;
    }
  }

  private List<PauseInForce> inForce(Connection connection) throws SQLException {
    try (var query = connection.prepareStatement(IN_FORCE)) {
      query.setInt(1, subscription);
      List<PauseInForce> pauses = new ArrayList<>();
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          pauses.add(
              new PauseInForce(
                  Optional.ofNullable(rows.getString("key")),
                  rows.getString("by"),
                  rows.getString("reason"),
                  rows.getObject("since", OffsetDateTime.class).toInstant()));
        }
      }
      return pauses;
    }
  }
}
