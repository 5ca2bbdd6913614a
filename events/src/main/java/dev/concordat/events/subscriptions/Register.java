package dev.concordat.events.subscriptions;

import dev.concordat.events.store.Database;
import java.sql.SQLException;

/// The subscription as the service's database knows it.
///
/// @param id stands for the name in tables with many rows
record Register(int id) {
  private static final String ENTER =
      """
      insert into concordat.subscription (name, topic) values (?, ?) on conflict do nothing
      """;
  private static final String READ = "select id, topic from concordat.subscription where name = ?";

  static Register of(Database database, String name, String topic) {
    return database.read(connection -> {
      try (var insert = connection.prepareStatement(ENTER)) {
        insert.setString(1, name);
        insert.setString(2, topic);
        insert.executeUpdate();
      }
      try (var query = connection.prepareStatement(READ)) {
        query.setString(1, name);
        try (var rows = query.executeQuery()) {
          rows.next();
          requireSame(name, topic, rows.getString(2));
          return new Register(rows.getInt(1));
        }
      }
    });
  }

  private static void requireSame(String name, String topic, String registered)
      throws SQLException {
    if (!registered.equals(topic)) {
      throw new SQLException(
          "subscription "
              + name
              + " reads "
              + registered
              + "; to read "
              + topic
              + " give it another name");
    }
  }
}
