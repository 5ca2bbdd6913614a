package dev.concordat.events.tasks;

import dev.concordat.core.Clock;
import dev.concordat.events.store.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/// What one worker looks after besides claiming: tasks that have become due, and leases that have
/// run out.
///
/// Threads: one, the claim loop.
final class TaskUpkeep {
  private static final Duration BETWEEN_FULL_LOOKS = Duration.ofSeconds(1);

  private static final String NOW = "select clock_timestamp()";

  /// They come to the end of the line, so that a claim need not look back for them.
  private static final String BRING_UP_DUE =
      """
      update concordat.task set state = 'ready', place = default
      where id in (
        select id from concordat.task
        where queue = ? and state = 'later' and due_at > ? and due_at <= ?
        order by due_at limit ?
        for update skip locked)
      """;

  private static final String RUN_OUT =
      """
      select id, token, message, key, attempt, headers, payload, false as expired
      from concordat.task
      where queue = ? and state = 'leased' and leased_until > ? and leased_until <= ?
      order by leased_until limit ?
      """;

  private final Database database;
  private final Clock clock;
  private final String queue;
  private final Lookback due;
  private final Lookback leases;
  private boolean begun;

  TaskUpkeep(Database database, Clock clock, String queue) {
    this.database = database;
    this.clock = clock;
    this.queue = queue;
    this.due = new Lookback(BETWEEN_FULL_LOOKS, clock.nanos());
    this.leases = new Lookback(BETWEEN_FULL_LOOKS, clock.nanos());
  }

  /// Makes claimable what is due.
  int bringUpDue() {
    return look(due, (connection, from, upTo) -> bringUpDue(connection, queue, from, upTo));
  }

  /// Tasks whose worker has not renewed its lease.
  List<ClaimedTask> runOut() {
    if (!begun) {
      LowWater.Level low = database.read(c -> LowWater.newest(c, queue));
      if (low.generation() > 0) {
        leases.begin(low.leasedUntil(), clock.nanos());
      }
      begun = true;
    }
    List<ClaimedTask> found = new ArrayList<>();
    look(
        leases,
        (connection, from, upTo) -> {
          found.addAll(runOut(connection, queue, from, upTo));
          return found.size();
        });
    return found;
  }

  @FunctionalInterface
  private interface Look {
    int at(Connection connection, OffsetDateTime from, OffsetDateTime upTo) throws SQLException;
  }

  private int look(Lookback lookback, Look look) {
    long began = clock.nanos();
    OffsetDateTime from = lookback.from(began);
    return database.transact(connection -> {
      OffsetDateTime upTo = now(connection);
      int found = look.at(connection, from, upTo);
      long ended = clock.nanos();
      lookback.looked(from, found < TaskClaims.BATCH ? upTo : from, ended - began, ended);
      return found;
    });
  }

  private static int bringUpDue(
      Connection connection, String queue, OffsetDateTime from, OffsetDateTime upTo)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(BRING_UP_DUE)) {
      set(update, queue, from, upTo);
      return update.executeUpdate();
    }
  }

  static List<ClaimedTask> runOut(
      Connection connection, String queue, OffsetDateTime from, OffsetDateTime upTo)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(RUN_OUT)) {
      set(query, queue, from, upTo);
      List<ClaimedTask> tasks = new ArrayList<>();
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          tasks.add(TaskClaims.task(rows));
        }
      }
      return tasks;
    }
  }

  static OffsetDateTime now(Connection connection) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(NOW);
        ResultSet row = query.executeQuery()) {
      row.next();
      return row.getObject(1, OffsetDateTime.class);
    }
  }

  private static void set(
      PreparedStatement statement, String queue, OffsetDateTime from, OffsetDateTime upTo)
      throws SQLException {
    statement.setString(1, queue);
    statement.setObject(2, from);
    statement.setObject(3, upTo);
    statement.setInt(4, TaskClaims.BATCH);
  }
}
