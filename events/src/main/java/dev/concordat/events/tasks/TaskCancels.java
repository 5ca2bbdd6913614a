package dev.concordat.events.tasks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/// Takes tasks back. One that waits is taken away at once. One that a worker has is fenced at once,
/// and taken away when its handler has ended: until then the next one of its key has to wait.
final class TaskCancels {
  private static final String REMOVE =
      """
      with gone as (
        delete from concordat.task
        where message = ? and queue = ? and state in ('ready', 'later', 'behind') returning *),
      ended as (
        insert into concordat.task_ended (message, queue, state, note, until)
        select message, queue, 'cancelled', ?, clock_timestamp() + interval '7 days' from gone
        on conflict (message) do nothing)
      select id, queue, key from gone
      """;

  private static final String FENCE =
      """
      update concordat.task set token = token + 1, cancelled = ?
      where message = ? and queue = ? and state = 'leased' and cancelled is null
      """;

  private static final String FINISH =
      """
      with gone as (
        delete from concordat.task where id = ? and cancelled is not null returning *),
      ended as (
        insert into concordat.task_ended (message, queue, state, note, until)
        select message, queue, 'cancelled', cancelled, clock_timestamp() + interval '7 days'
        from gone
        on conflict (message) do nothing)
      select id, queue, key from gone
      """;

  private static final String HEARD =
      "select id, cancelled from concordat.task where id = any (?) and cancelled is not null";

  private static final String OF_KEY =
      "select message from concordat.task where queue = ? and key = ? order by id desc";

  private static final String OF_UNIQUE =
      "select message from concordat.task where queue = ? and unique_value = ?";

  private TaskCancels() {}

  /// What came of it.
  enum Outcome {
    REMOVED,
    FENCED,
    UNKNOWN
  }

  /// A task that was taken back from its worker, and why.
  record Heard(long id, String reason) {}

  static Outcome cancel(Connection connection, TaskRef ref, String reason) throws SQLException {
    try (PreparedStatement remove = connection.prepareStatement(REMOVE)) {
      remove.setObject(1, ref.id());
      remove.setString(2, ref.queue());
      remove.setString(3, reason);
      if (!TaskSettlement.leave(connection, remove).isEmpty()) {
        return Outcome.REMOVED;
      }
    }
    try (PreparedStatement fence = connection.prepareStatement(FENCE)) {
      fence.setString(1, reason);
      fence.setObject(2, ref.id());
      fence.setString(3, ref.queue());
      return fence.executeUpdate() == 1 ? Outcome.FENCED : Outcome.UNKNOWN;
    }
  }

  /// Takes away a task that was fenced, when its handler has ended or its lease has run out.
  ///
  /// @return false when it was not cancelled
  static boolean finish(Connection connection, long id) throws SQLException {
    try (PreparedStatement finish = connection.prepareStatement(FINISH)) {
      finish.setLong(1, id);
      return !TaskSettlement.leave(connection, finish).isEmpty();
    }
  }

  /// Which of these were taken back.
  static List<Heard> heard(Connection connection, Collection<Long> ids) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(HEARD)) {
      query.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
      try (ResultSet rows = query.executeQuery()) {
        List<Heard> heard = new ArrayList<>();
        while (rows.next()) {
          heard.add(new Heard(rows.getLong(1), rows.getString(2)));
        }
        return heard;
      }
    }
  }

  /// All of a key, the last one first.
  static List<UUID> ofKey(Connection connection, String queue, String key) throws SQLException {
    return named(connection, OF_KEY, queue, key);
  }

  /// The one that waits with this unique value.
  static List<UUID> ofUnique(Connection connection, String queue, String value)
      throws SQLException {
    return named(connection, OF_UNIQUE, queue, value);
  }

  private static List<UUID> named(Connection connection, String sql, String queue, String value)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setString(1, queue);
      query.setString(2, value);
      try (ResultSet rows = query.executeQuery()) {
        List<UUID> names = new ArrayList<>();
        while (rows.next()) {
          names.add(rows.getObject(1, UUID.class));
        }
        return names;
      }
    }
  }
}
