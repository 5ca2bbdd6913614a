package dev.concordat.events.tasks;

import dev.concordat.events.Stamp;
import dev.concordat.events.log.Envelope;
import dev.concordat.events.log.Headers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;

/// How tasks get into their queue.
final class TaskIntake {
  private static final String INSERT =
      """
      insert into concordat.task
        (message, source, queue, key, unique_value, priority, state, due_at, expires_at, time,
         headers, payload)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      on conflict do nothing
      """;

  private static final String WAITING =
      "select message from concordat.task where queue = ? and unique_value = ?";

  private TaskIntake() {}

  /// Puts the task into its queue, unless one with the same unique value waits.
  ///
  /// @return its name, or that of the one that waits
  static UUID insert(Connection connection, NewTask task) throws SQLException {
    Envelope envelope = task.envelope();
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      insert.setObject(1, envelope.id());
      insert.setString(2, envelope.source());
      insert.setString(3, envelope.topic());
      insert.setString(4, task.key().orElse(null));
      insert.setString(5, task.uniqueValue().orElse(null));
      insert.setInt(6, Shares.rank(task.priority()));
      insert.setString(7, task.due().isPresent() ? "later" : "ready");
      insert.setObject(8, Stamp.of(task.due().orElse(envelope.time())));
      insert.setObject(9, task.expires().map(Stamp::of).orElse(null));
      insert.setObject(10, Stamp.of(envelope.time()));
      insert.setString(11, Headers.write(envelope.headers()));
      insert.setBytes(12, envelope.payload().toByteArray());
      if (insert.executeUpdate() == 1) {
        return envelope.id();
      }
    }
    return waiting(connection, task);
  }

  /// The one that waits; it may have been claimed since, and then the name of the dropped one is as
  /// good as any.
  private static UUID waiting(Connection connection, NewTask task) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(WAITING)) {
      query.setString(1, task.envelope().topic());
      query.setString(2, task.uniqueValue().orElse(null));
      try (ResultSet rows = query.executeQuery()) {
        return rows.next() ? rows.getObject(1, UUID.class) : task.envelope().id();
      }
    }
  }
}
