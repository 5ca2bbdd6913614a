package dev.concordat.events.outbox;

import dev.concordat.events.log.Columns;
import dev.concordat.events.log.Envelope;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/// What a transaction has to tell, written on the transaction's own connection.
public final class Outbox {
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

  public static void tell(Connection connection, List<Envelope> messages) throws SQLException {
    try (var insert = connection.prepareStatement(TELL)) {
      insert.setArray(1, connection.createArrayOf("text", Columns.all(messages, Envelope::topic)));
      Columns.set(connection, insert, 2, messages);
      insert.executeUpdate();
    }
  }
}
