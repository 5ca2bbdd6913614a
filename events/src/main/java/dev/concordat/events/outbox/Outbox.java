package dev.concordat.events.outbox;

import dev.concordat.events.log.Columns;
import dev.concordat.events.log.Envelope;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/// What a transaction has to tell, written on the transaction's own connection.
public final class Outbox {
  /// Most transactions tell one message. This statement is planned once; the planner would look at
  /// the one with the arrays each time anew.
  private static final String TELL_ONE =
      """
      insert into concordat.outbox
        (slot, message, source, topic, key, time, headers, payload)
      values ((select slot from concordat.outbox_slot), ?, ?, ?, ?, ?, ?, ?)
      """;

  private static final String TELL_MANY =
      """
      insert into concordat.outbox
        (slot, message, source, topic, key, time, headers, payload)
      select current.slot, told.message, told.source, told.topic, told.key, told.time,
             told.headers, told.payload
      from concordat.outbox_slot as current,
           unnest(?::text[], ?::uuid[], ?::text[], ?::text[], ?::timestamptz[], ?::text[], ?::bytea[])
             with ordinality as told(topic, message, source, key, time, headers, payload, nth)
      order by told.nth
      """;

  private Outbox() {}

  /// Writes them.
  public static void tell(Connection connection, List<Envelope> messages) throws SQLException {
    write(connection, messages, "");
  }

  /// Writes them and commits, in one round trip: the server does not begin to commit when the
  /// writing failed.
  public static void tellAndCommit(Connection connection, List<Envelope> messages)
      throws SQLException {
    write(connection, messages, "; commit");
  }

  private static void write(Connection connection, List<Envelope> messages, String then)
      throws SQLException {
    boolean one = messages.size() == 1;
    try (var insert = connection.prepareStatement((one ? TELL_ONE : TELL_MANY) + then)) {
      if (one) {
        Columns.set(insert, messages.getFirst());
      } else {
        insert.setArray(
            1, connection.createArrayOf("text", Columns.all(messages, Envelope::topic)));
        Columns.set(connection, insert, 2, messages);
      }
      insert.execute();
    }
  }
}
