package dev.concordat.events.subscriptions;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.Parts;

/// The subscription as the service's database knows it.
///
/// @param id stands for the name in tables with many rows
record Register(int id) {
  private static final String ENTER =
      """
      insert into concordat.subscription (name, topic, service) values (?, ?, ?)
      on conflict do nothing
      """;
  private static final String READ =
      "select id, topic, coalesce(service, ?) from concordat.subscription where name = ?";

  static Register of(Parts parts, String name, String topic) {
    return parts
        .database()
        .read(connection -> {
          try (var insert = connection.prepareStatement(ENTER)) {
            insert.setString(1, name);
            insert.setString(2, topic);
            insert.setString(3, parts.owner());
            insert.executeUpdate();
          }
          try (var query = connection.prepareStatement(READ)) {
            query.setString(1, parts.owner());
            query.setString(2, name);
            try (var rows = query.executeQuery()) {
              rows.next();
              requireSame(name, "the topic " + topic, "the topic " + rows.getString(2));
              requireSame(name, parts.owner(), rows.getString(3));
              return new Register(rows.getInt(1));
            }
          }
        });
  }

  private static void requireSame(String name, String wanted, String registered) {
    if (!registered.equals(wanted)) {
      throw Failure.of(
          Code.FAILED_PRECONDITION,
          "the subscription "
              + name
              + " belongs to "
              + registered
              + ", not to "
              + wanted
              + "; give this one another name");
    }
  }
}
