package dev.concordat.events.tasks;

import com.google.protobuf.ByteString;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// How tasks stand: written by their workers, read by whoever asks.
final class TaskNews {
  private static final String WRITE =
      """
      update concordat.task t
      set progress_done = news.done, progress_total = news.total, progress_note = news.note
      from unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[])
        as news (id, token, done, total, note)
      where t.id = any (?) and t.id = news.id and t.token = news.token
      """;

  private static final String STANDING =
      """
      select state, due_at, attempt, progress_done, progress_total, progress_note
      from concordat.task where message = ? and queue = ?
      """;

  private static final String ENDED =
      "select state, note, at from concordat.task_ended where message = ? and queue = ?";

  private static final String GIVEN_UP =
      """
      select id, reason, died_at from concordat.dead_letter
      where message = ? and kind = 'task' and name = ? and redriven_at is null
      order by id desc limit 1
      """;

  private static final String FORGET =
      """
      delete from concordat.task_ended where message in (
        select message from concordat.task_ended where until < clock_timestamp() limit 10000)
      """;

  private static final String LIST =
      """
      select message, queue, key, state, cancelled, due_at, attempt, attempts, time, payload,
        progress_done, progress_total, progress_note
      from concordat.task
      where (? = '' or queue = ?) and (? = '' or key = ?)
        and (? = '' or ? = case when cancelled is null then state else 'cancelled' end)
      order by id limit ?
      """;

  private static final String SHOW =
      """
      select message, queue, key, state, cancelled, due_at, attempt, attempts, time, payload,
        progress_done, progress_total, progress_note
      from concordat.task where message = ?
      """;

  private static final String FIND =
      """
      select queue from concordat.task where message = ?
      union all select queue from concordat.task_ended where message = ?
      union all select name from concordat.dead_letter where message = ? and kind = 'task'
      limit 1
      """;

  private static final String IS_DUE =
      """
      update concordat.task set due_at = clock_timestamp()
      where message = ? and queue = ? and state = 'later'
      """;

  private TaskNews() {}

  /// In which queue a task is, or was.
  static Optional<TaskRef> find(Connection connection, UUID task) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(FIND)) {
      query.setObject(1, task);
      query.setObject(2, task);
      query.setObject(3, task);
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? Optional.of(new TaskRef(row.getString(1), task)) : Optional.empty();
      }
    }
  }

  /// Lets one that waits for its time be due.
  ///
  /// @return false when it does not wait for its time
  static boolean isDue(Connection connection, TaskRef task) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(IS_DUE)) {
      update.setObject(1, task.id());
      update.setString(2, task.queue());
      return update.executeUpdate() == 1;
    }
  }

  /// What is still to be done.
  static List<TaskView> list(Connection connection, TaskFilter filter) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(LIST)) {
      int at = 1;
      for (String only : List.of(filter.queue(), filter.key(), filter.state())) {
        query.setString(at++, only);
        query.setString(at++, only);
      }
      query.setInt(at, Math.clamp(filter.limit(), 0, 1_000));
      try (ResultSet rows = query.executeQuery()) {
        List<TaskView> views = new ArrayList<>();
        while (rows.next()) {
          views.add(view(rows));
        }
        return views;
      }
    }
  }

  /// One that is still to be done.
  static Optional<TaskView> show(Connection connection, UUID message) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(SHOW)) {
      query.setObject(1, message);
      try (ResultSet rows = query.executeQuery()) {
        return rows.next() ? Optional.of(view(rows)) : Optional.empty();
      }
    }
  }

  private static TaskView view(ResultSet row) throws SQLException {
    String[] attempts = (String[]) row.getArray("attempts").getArray();
    String last = attempts.length == 0 ? "" : attempts[attempts.length - 1];
    return new TaskView(
        new TaskRef(row.getString("queue"), row.getObject("message", UUID.class)),
        Optional.ofNullable(row.getString("key")),
        row.getString("cancelled") == null ? row.getString("state") : "cancelled",
        standing(row),
        instant(row, "time"),
        last.substring(last.indexOf(' ') + 1),
        ByteString.copyFrom(row.getBytes("payload")));
  }

  /// Writes how far tasks are.
  static int write(Connection connection, Map<TaskLease, TaskProgress> news) throws SQLException {
    List<Long> ids = new ArrayList<>();
    List<Long> tokens = new ArrayList<>();
    List<Long> done = new ArrayList<>();
    List<Long> total = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    news.forEach((lease, said) -> {
      ids.add(lease.held().id());
      tokens.add(lease.held().token());
      done.add(said.done());
      total.add(said.total());
      notes.add(said.note().replace("\0", ""));
    });
    try (PreparedStatement update = connection.prepareStatement(WRITE)) {
      update.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
      update.setArray(2, connection.createArrayOf("bigint", tokens.toArray()));
      update.setArray(3, connection.createArrayOf("bigint", done.toArray()));
      update.setArray(4, connection.createArrayOf("bigint", total.toArray()));
      update.setArray(5, connection.createArrayOf("text", notes.toArray()));
      update.setArray(6, connection.createArrayOf("bigint", ids.toArray()));
      return update.executeUpdate();
    }
  }

  /// Forgets what has been remembered for long enough.
  static int forgetEnded(Connection connection) throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement(FORGET)) {
      return delete.executeUpdate();
    }
  }

  /// How a task stands. Looked for where it is, where it ended, and where it died: whoever moves
  /// meanwhile is found in the next place.
  static TaskStatus status(Connection connection, TaskRef ref) throws SQLException {
    Optional<TaskStatus> found = one(connection, STANDING, ref, TaskNews::standing);
    if (found.isEmpty()) {
      found = one(connection, ENDED, ref, TaskNews::ended);
    }
    if (found.isEmpty()) {
      found = one(connection, GIVEN_UP, ref, TaskNews::givenUp);
    }
    return found.orElseGet(TaskStatus.Unknown::new);
  }

  @FunctionalInterface
  private interface Reading {
    TaskStatus of(ResultSet row) throws SQLException;
  }

  private static Optional<TaskStatus> one(
      Connection connection, String sql, TaskRef ref, Reading reading) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      UUID name = ref.id();
      query.setObject(1, name);
      query.setString(2, ref.queue());
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? Optional.of(reading.of(row)) : Optional.empty();
      }
    }
  }

  private static TaskStatus standing(ResultSet row) throws SQLException {
    int attempt = row.getInt("attempt");
    if (!row.getString("state").equals("leased")) {
      return new TaskStatus.Waiting(instant(row, "due_at"), attempt);
    }
    return new TaskStatus.Running(attempt, progress(row));
  }

  static Optional<TaskProgress> progress(ResultSet row) throws SQLException {
    String note = row.getString("progress_note");
    return note == null
        ? Optional.empty()
        : Optional.of(
            new TaskProgress(row.getLong("progress_done"), row.getLong("progress_total"), note));
  }

  private static TaskStatus ended(ResultSet row) throws SQLException {
    return row.getString("state").equals("done")
        ? new TaskStatus.Done(instant(row, "at"))
        : new TaskStatus.Cancelled(row.getString("note"), instant(row, "at"));
  }

  private static TaskStatus givenUp(ResultSet row) throws SQLException {
    return new TaskStatus.GivenUp(
        row.getLong("id"), row.getString("reason"), instant(row, "died_at"));
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }
}
