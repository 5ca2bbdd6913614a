package dev.concordat.events.log;

import dev.concordat.events.store.Database;
import dev.concordat.events.subscriptions.Partitions;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Which topics there are, and in which table their messages stand. What is cached can be old:
/// writers check that their segment is still open, readers that they know the newest.
final class LogSegments {
  private static final Duration RETENTION = Duration.ofDays(7);
  private static final String UNDEFINED_TABLE = "42P01";

  /// Holds writers of these off until the transaction ends.
  static final String LOCK =
      """
      select pg_advisory_xact_lock(hashtextextended(name, 77))
      from unnest(?::text[]) as name
      """;

  private static final String FIND =
      "select id, partitions from concordat.log_topic where name = ?";
  private static final String MAKE =
      """
      insert into concordat.log_topic (name, partitions, retention_seconds) values (?, ?, ?)
      returning id, partitions
      """;
  private static final String KEEP =
      "update concordat.log_topic set retention_seconds = ? where id = ? and retention_seconds <>"
          + " ?";
  private static final String OPEN_SEGMENT =
      "insert into concordat.log_segment (topic, segment) values (?, ?)";
  private static final String START =
      """
      insert into concordat.log_segment_start (topic, segment, part, position) values (?, ?, ?, ?)
      """;
  private static final String STARTS =
      """
      select segment, part, position from concordat.log_segment_start
      where topic = ?
      order by segment
      """;
  private static final String END =
      "select max(position) + 1 from concordat.{segment} where part = ";
  private static final String TABLE =
      """
      create table concordat.{segment} (
        part int not null,
        position bigint not null,
        appended_at timestamptz not null,
        message uuid not null,
        source text not null,
        key text not null,
        time timestamptz not null,
        headers text not null,
        payload bytea not null,
        primary key (part, position)
      )
      """;

  private final Database database;
  private final Map<String, Topic> topics = new ConcurrentHashMap<>();
  private final Map<String, NavigableMap<Integer, Map<Integer, Long>>> directories =
      new ConcurrentHashMap<>();

  LogSegments(Database database) {
    this.database = database;
  }

  /// A topic as the log knows it.
  record Topic(int id, String name, int partitions) {
    String table(int segment) {
      return "log_" + id + "_" + segment;
    }
  }

  /// Makes the topic if need be, and sets how long it is kept.
  Topic declare(String name, Duration retention) {
    Topic topic = database.transact(connection -> make(connection, name, retention));
    database.read(connection -> keep(connection, topic, retention));
    topics.put(name, topic);
    return topic;
  }

  /// The topic; made with the default retention when nobody has declared it yet.
  Topic topic(String name) {
    Topic known = topics.get(name);
    if (known != null) {
      return known;
    }
    Topic topic = database.transact(connection -> make(connection, name, RETENTION));
    topics.put(name, topic);
    return topic;
  }

  /// For each segment the first position of each partition, oldest first; never empty.
  NavigableMap<Integer, Map<Integer, Long>> directory(Topic topic) {
    var cached = directories.get(topic.name);
    return cached != null ? cached : refresh(topic);
  }

  NavigableMap<Integer, Map<Integer, Long>> refresh(Topic topic) {
    var fresh = database.read(connection -> starts(connection, topic));
    directories.put(topic.name, fresh);
    return fresh;
  }

  Map<Integer, Long> begins(String name) {
    return new HashMap<>(refresh(topic(name)).firstEntry().getValue());
  }

  Map<Integer, Long> ends(String name) {
    Topic topic = topic(name);
    var newest = refresh(topic).lastEntry();
    return database.read(connection -> ends(connection, topic, newest.getKey(), newest.getValue()));
  }

  /// Closes nothing, opens the segment: from here on its table exists and begins at these
  /// positions.
  static void open(Connection connection, Topic topic, int segment, Map<Integer, Long> starts)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(TABLE.replace("{segment}", topic.table(segment)));
    }
    try (var insert = connection.prepareStatement(OPEN_SEGMENT)) {
      insert.setInt(1, topic.id);
      insert.setInt(2, segment);
      insert.executeUpdate();
    }
    try (var insert = connection.prepareStatement(START)) {
      for (var start : starts.entrySet()) {
        insert.setInt(1, topic.id);
        insert.setInt(2, segment);
        insert.setInt(3, start.getKey());
        insert.setLong(4, start.getValue());
        insert.addBatch();
      }
      var _ = insert.executeBatch();
    }
  }

  static Map<Integer, Long> ends(
      Connection connection, Topic topic, int segment, Map<Integer, Long> starts)
      throws SQLException {
    Map<Integer, Long> ends = new HashMap<>(starts);
    try (Statement statement = connection.createStatement()) {
      for (int part : starts.keySet()) {
        try (var rows =
            statement.executeQuery(END.replace("{segment}", topic.table(segment)) + part)) {
          rows.next();
          long end = rows.getLong(1);
          if (!rows.wasNull()) {
            ends.put(part, end);
          }
        }
      }
    }
    return ends;
  }

  /// Holds writers of these off until the transaction ends.
  static void lock(Connection connection, Collection<String> names) throws SQLException {
    try (var lock = connection.prepareStatement(LOCK)) {
      lock.setArray(1, inOrder(connection, names));
      lock.execute();
    }
  }

  /// What is to be locked, sorted, so that two never wait for each other.
  static Array inOrder(Connection connection, Collection<String> names) throws SQLException {
    return connection.createArrayOf("text", names.stream().sorted().toArray());
  }

  /// Whether a statement failed because the segment was dropped.
  static boolean isGone(SQLException e) {
    return UNDEFINED_TABLE.equals(e.getSQLState());
  }

  static NavigableMap<Integer, Map<Integer, Long>> starts(Connection connection, Topic topic)
      throws SQLException {
    NavigableMap<Integer, Map<Integer, Long>> starts = new TreeMap<>();
    try (var query = connection.prepareStatement(STARTS)) {
      query.setInt(1, topic.id);
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          starts
              .computeIfAbsent(rows.getInt(1), any -> new HashMap<>())
              .put(rows.getInt(2), rows.getLong(3));
        }
      }
    }
    return starts;
  }

  private static Topic make(Connection connection, String name, Duration retention)
      throws SQLException {
    Topic present = find(connection, name);
    if (present != null) {
      return present;
    }
    lock(connection, java.util.List.of("topic/" + name));
    present = find(connection, name);
    return present != null ? present : insert(connection, name, retention);
  }

  private static @Nullable Topic find(Connection connection, String name) throws SQLException {
    try (var query = connection.prepareStatement(FIND)) {
      query.setString(1, name);
      try (var rows = query.executeQuery()) {
        return rows.next() ? new Topic(rows.getInt(1), name, rows.getInt(2)) : null;
      }
    }
  }

  private static Topic insert(Connection connection, String name, Duration retention)
      throws SQLException {
    try (var insert = connection.prepareStatement(MAKE)) {
      insert.setString(1, name);
      insert.setInt(2, Partitions.DEFAULT);
      insert.setDouble(3, retention.toMillis() / 1000.0);
      try (var rows = insert.executeQuery()) {
        rows.next();
        Topic topic = new Topic(rows.getInt(1), name, rows.getInt(2));
        Map<Integer, Long> zero = new HashMap<>();
        for (int part = 0; part < topic.partitions; part++) {
          zero.put(part, 0L);
        }
        open(connection, topic, 0, zero);
        return topic;
      }
    }
  }

  private static int keep(Connection connection, Topic topic, Duration retention)
      throws SQLException {
    try (var update = connection.prepareStatement(KEEP)) {
      update.setDouble(1, retention.toMillis() / 1000.0);
      update.setInt(2, topic.id);
      update.setDouble(3, retention.toMillis() / 1000.0);
      return update.executeUpdate();
    }
  }
}
