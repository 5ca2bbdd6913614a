package dev.concordat.events.tasks;

import dev.concordat.contract.Queue;
import dev.concordat.contract.QueueBounds;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/// Keeps a queue within the bounds that its contract sets for all processes together. One claims at
/// a time; it counts what is leased and what was begun in the last stretch of the rate. Nothing is
/// updated, so the counts stay as quick as they were.
final class TaskBounds {
  private static final String ONE_AT_A_TIME =
      "select pg_advisory_xact_lock(hashtextextended('concordat.task ' || ?, 0))";

  private static final String LEASED =
      """
      select count(*) from concordat.task
      where queue = ? and state = 'leased' and leased_until > clock_timestamp()
      """;

  private static final String BEGUN =
      """
      select coalesce(sum(tasks), 0),
        extract(epoch from min(at) + ?::interval - clock_timestamp()) * 1000
      from concordat.task_begun
      where queue = ? and at > clock_timestamp() - ?::interval
      """;

  private static final String BEGIN =
      "insert into concordat.task_begun (queue, tasks) values (?, ?)";

  private static final String FORGET =
      """
      delete from concordat.task_begun
      where queue = ? and at < clock_timestamp() - ?::interval - interval '1 minute'
      """;

  private TaskBounds() {}

  /// Claims, within the bounds.
  static TaskClaims.Claim claim(Connection connection, TaskClaims.Wish wish) throws SQLException {
    Queue<?> queue = wish.queue();
    if (!queue.bounds().shared()) {
      return TaskClaims.claim(connection, wish);
    }
    lock(connection, queue);
    int room = wish.limit();
    if (queue.bounds().concurrency().isPresent()) {
      room = Math.min(room, queue.bounds().concurrency().get() - leased(connection, queue));
    }
    Duration wait = Duration.ZERO;
    if (queue.bounds().rate().isPresent()) {
      QueueBounds.Rate rate = queue.bounds().rate().get();
      Begun begun = begun(connection, queue, rate);
      room = Math.min(room, rate.count() - begun.tasks());
      wait = begun.oldestLeaves();
    }
    if (room <= 0) {
      return TaskClaims.Claim.none(wait.isPositive() ? wait : Duration.ofMillis(20));
    }
    TaskClaims.Claim claim = TaskClaims.claim(connection, wish.withLimit(room));
    if (queue.bounds().rate().isPresent() && !claim.tasks().isEmpty()) {
      begin(connection, queue, claim.tasks().size());
    }
    return claim;
  }

  /// Forgets what was begun too long ago to count.
  static void forget(Connection connection, Queue<?> queue) throws SQLException {
    if (queue.bounds().rate().isPresent()) {
      try (PreparedStatement delete = connection.prepareStatement(FORGET)) {
        delete.setString(1, queue.name());
        delete.setString(2, queue.bounds().rate().get().per().toString());
        delete.executeUpdate();
      }
    }
  }

  private record Begun(int tasks, Duration oldestLeaves) {}

  private static void lock(Connection connection, Queue<?> queue) throws SQLException {
    try (PreparedStatement lock = connection.prepareStatement(ONE_AT_A_TIME)) {
      lock.setString(1, queue.name());
      lock.execute();
    }
  }

  private static int leased(Connection connection, Queue<?> queue) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(LEASED)) {
      query.setString(1, queue.name());
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }

  private static Begun begun(Connection connection, Queue<?> queue, QueueBounds.Rate rate)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(BEGUN)) {
      query.setString(1, rate.per().toString());
      query.setString(2, queue.name());
      query.setString(3, rate.per().toString());
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return new Begun(row.getInt(1), Duration.ofMillis(Math.max(1, row.getLong(2))));
      }
    }
  }

  private static void begin(Connection connection, Queue<?> queue, int tasks) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(BEGIN)) {
      insert.setString(1, queue.name());
      insert.setInt(2, tasks);
      insert.executeUpdate();
    }
  }
}
