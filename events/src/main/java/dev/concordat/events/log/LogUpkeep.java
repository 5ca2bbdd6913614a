package dev.concordat.events.log;

import dev.concordat.core.Background;
import dev.concordat.core.Observer;
import dev.concordat.events.loop.Loop;
import dev.concordat.events.loop.Signal;
import dev.concordat.events.store.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Cuts full segments and drops old ones, topic by topic, while writers of that topic wait. Several
/// processes may do it at once: the lock lets one at a time, and the next finds it done.
final class LogUpkeep {
  private static final String TOPICS = "select id, name, partitions from concordat.log_topic";
  private static final String NEWEST =
      """
      select segment, opened_at < clock_timestamp() - make_interval(secs => retention_seconds / 8)
      from concordat.log_segment join concordat.log_topic on topic = id
      where topic = ? and closed_at is null
      """;
  private static final String CLOSE =
      """
      update concordat.log_segment set closed_at = clock_timestamp()
      where topic = ? and segment = ?
      """;
  private static final String EXPIRED =
      """
      select segment
      from concordat.log_segment join concordat.log_topic on topic = id
      where topic = ?
        and closed_at < clock_timestamp() - make_interval(secs => retention_seconds)
      """;
  private static final String FORGET_STARTS =
      "delete from concordat.log_segment_start where topic = ? and segment = ?";
  private static final String FORGET =
      "delete from concordat.log_segment where topic = ? and segment = ?";
  private static final String FOLD =
      """
      delete from concordat.log_append as old
      using (select producer, max(sequence) as newest
             from concordat.log_append group by producer) as last
      where old.producer = last.producer and old.sequence < last.newest
      """;

  private final Database database;
  private final LogSegments segments;
  private final PostgresLog.Limit limit;
  private final Loop loop;

  LogUpkeep(Database database, LogSegments segments, PostgresLog.Limit limit) {
    this.database = database;
    this.segments = segments;
    this.limit = limit;
    this.loop = new Loop("upkeep", new Signal(), Observer.NONE, this::step);
  }

  void start(Background background) {
    loop.start(background);
  }

  void stop() {
    loop.stop();
  }

  void run() {
    for (LogSegments.Topic topic : database.read(LogUpkeep::topics)) {
      boolean changed =
          database.transact(connection -> {
            LogSegments.lock(connection, List.of("topic/" + topic.name()));
            boolean cut = cut(connection, topic);
            return drop(connection, topic) || cut;
          });
      if (changed) {
        segments.refresh(topic);
      }
    }
    database.read(connection -> execute(connection, FOLD));
  }

  private Duration step() {
    run();
    return limit.interval();
  }

  private boolean cut(Connection connection, LogSegments.Topic topic) throws SQLException {
    try (var query = connection.prepareStatement(NEWEST)) {
      query.setInt(1, topic.id());
      try (var rows = query.executeQuery()) {
        rows.next();
        int segment = rows.getInt(1);
        boolean old = rows.getBoolean(2);
        Map<Integer, Long> starts =
            LogSegments.starts(connection, topic).getOrDefault(segment, Map.of());
        Map<Integer, Long> ends = LogSegments.ends(connection, topic, segment, starts);
        long messages =
            ends.values().stream().mapToLong(Long::longValue).sum()
                - starts.values().stream().mapToLong(Long::longValue).sum();
        if (messages == 0 || (messages < limit.messages() && !old)) {
          return false;
        }
        update(connection, CLOSE, topic.id(), segment);
        LogSegments.open(connection, topic, segment + 1, ends);
        return true;
      }
    }
  }

  private static boolean drop(Connection connection, LogSegments.Topic topic) throws SQLException {
    List<Integer> expired = new ArrayList<>();
    try (var query = connection.prepareStatement(EXPIRED)) {
      query.setInt(1, topic.id());
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          expired.add(rows.getInt(1));
        }
      }
    }
    for (int segment : expired) {
      update(connection, FORGET_STARTS, topic.id(), segment);
      update(connection, FORGET, topic.id(), segment);
      execute(connection, "drop table concordat." + topic.table(segment));
    }
    return !expired.isEmpty();
  }

  private static List<LogSegments.Topic> topics(Connection connection) throws SQLException {
    List<LogSegments.Topic> topics = new ArrayList<>();
    try (var query = connection.prepareStatement(TOPICS);
        var rows = query.executeQuery()) {
      while (rows.next()) {
        topics.add(new LogSegments.Topic(rows.getInt(1), rows.getString(2), rows.getInt(3)));
      }
    }
    return topics;
  }

  private static void update(Connection connection, String sql, int topic, int segment)
      throws SQLException {
    try (var update = connection.prepareStatement(sql)) {
      update.setInt(1, topic);
      update.setInt(2, segment);
      update.executeUpdate();
    }
  }

  private static boolean execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      return statement.execute(sql);
    }
  }
}
