package dev.concordat.events.log;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Function;

/// Messages as arrays, one a column, so that many are written with one statement.
public final class Columns {
  private Columns() {}

  /// An array of one value a message.
  public static Object[] all(List<Envelope> messages, Function<Envelope, Object> column) {
    return messages.stream().map(column).toArray();
  }

  /// Sets six arrays: message, source, key, time, headers, payload.
  public static void set(
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

  /// Sets seven columns: message, source, topic, key, time, headers, payload.
  public static void set(PreparedStatement to, Envelope message) throws SQLException {
    to.setObject(1, message.id());
    to.setString(2, message.source());
    to.setString(3, message.topic());
    to.setString(4, message.key());
    to.setObject(5, message.time().atOffset(ZoneOffset.UTC));
    to.setString(6, Headers.write(message.headers()));
    to.setBytes(7, message.payload().toByteArray());
  }

  private static byte[][] payloads(List<Envelope> messages) {
    return messages.stream().map(m -> m.payload().toByteArray()).toArray(byte[][]::new);
  }
}
