package dev.concordat.events.outbox;

import dev.concordat.events.store.Database;

/// How the log knows this database as a producer.
final class Identity {
  private static final String READ = "select producer from concordat.identity";
  private static final String RENEW =
      "update concordat.identity set producer = gen_random_uuid() returning producer";

  private final Database database;

  Identity(Database database) {
    this.database = database;
  }

  String producer() {
    return text(READ);
  }

  /// A new name, under which the log has seen nothing.
  String renew() {
    return text(RENEW);
  }

  private String text(String sql) {
    return database.read(connection -> {
      try (var query = connection.prepareStatement(sql);
          var rows = query.executeQuery()) {
        rows.next();
        return rows.getString(1);
      }
    });
  }
}
