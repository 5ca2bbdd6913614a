package dev.concordat.events;

import java.sql.Connection;
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
           unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::timestamptz[], ?::text[], ?::bytea[])
             with ordinality as told(message, source, topic, key, time, headers, payload, nth)
      order by told.nth
      """;

  private Outbox() {}

  static void tell(Connection connection, List<Envelope> messages) throws SQLException {
    try (var insert = connection.prepareStatement(TELL)) {
      insert.setArray(1, connection.createArrayOf("uuid", all(messages, Envelope::id)));
      insert.setArray(2, connection.createArrayOf("text", all(messages, Envelope::source)));
      insert.setArray(3, connection.createArrayOf("text", all(messages, Envelope::topic)));
      insert.setArray(4, connection.createArrayOf("text", all(messages, Envelope::key)));
      insert.setArray(
          5, connection.createArrayOf("timestamptz", all(messages, m -> m.time().toString())));
      insert.setArray(
          6, connection.createArrayOf("text", all(messages, m -> Headers.write(m.headers()))));
      insert.setArray(7, connection.createArrayOf("bytea", payloads(messages)));
      insert.executeUpdate();
    }
  }

  static Object[] all(List<Envelope> messages, Function<Envelope, Object> column) {
    return messages.stream().map(column).toArray();
  }

  static byte[][] payloads(List<Envelope> messages) {
    return messages.stream().map(m -> m.payload().toByteArray()).toArray(byte[][]::new);
  }
}
