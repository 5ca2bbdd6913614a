package dev.concordat.events;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;

/// What a transaction has to tell, written on the transaction's own connection.
final class Outbox {
  private static final String TELL =
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

  static void tell(Connection connection, List<Envelope> messages) throws SQLException {
    try (var insert = connection.prepareStatement(TELL)) {
      insert.setArray(1, connection.createArrayOf("text", all(messages, Envelope::topic)));
      setColumns(connection, insert, 2, messages);
      insert.executeUpdate();
    }
  }

  /// Sets six arrays: message, source, key, time, headers, payload.
  static void setColumns(
      Connection connection, PreparedStatement to, int first, List<Envelope> messages)
      throws SQLException {
    to.setArray(first, connection.createArrayOf("uuid", all(messages, Envelope::id)));
    to.setArray(first + 1, connection.createArrayOf("text", all(messages, Envelope::source)));
    to.setArray(first + 2, connection.createArrayOf("text", all(messages, Envelope::key)));
    to.setArray(
        first + 3,
        connection.createArrayOf("timestamptz", all(messages, m -> m.time().toString())));
    to.setArray(
        first + 4,
        connection.createArrayOf("text", all(messages, m -> Headers.write(m.headers()))));
    to.setArray(first + 5, connection.createArrayOf("bytea", payloads(messages)));
  }

  private static Object[] all(List<Envelope> messages, Function<Envelope, Object> column) {
    return messages.stream().map(column).toArray();
  }

  private static byte[][] payloads(List<Envelope> messages) {
    return messages.stream().map(m -> m.payload().toByteArray()).toArray(byte[][]::new);
  }
}
