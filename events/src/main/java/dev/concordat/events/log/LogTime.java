package dev.concordat.events.log;

import dev.concordat.events.store.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.NavigableMap;

/// From an instant to a position: the segment by the time it was opened, then halving within it,
/// for positions are dense and times ascend.
final class LogTime {
  private static final String SEGMENT =
      """
      select coalesce(
        (select max(segment) from concordat.log_segment where topic = ? and opened_at < ?),
        (select min(segment) from concordat.log_segment where topic = ?))
      """;
  private static final String BEFORE =
      "select appended_at < ? from concordat.{segment} where part = ? and position = ?";

  private final Database database;
  private final LogSegments segments;

  LogTime(Database database, LogSegments segments) {
    this.database = database;
    this.segments = segments;
  }

  long position(String name, int part, Instant at) {
    LogSegments.Topic topic = segments.topic(name);
    return database.read(connection -> {
      int segment = segment(connection, topic, at);
      return search(connection, topic, segment, part, at);
    });
  }

  private static int segment(Connection connection, LogSegments.Topic topic, Instant at)
      throws SQLException {
    try (var query = connection.prepareStatement(SEGMENT)) {
      query.setInt(1, topic.id());
      query.setObject(2, at.atOffset(ZoneOffset.UTC));
      query.setInt(3, topic.id());
      try (var rows = query.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  private static long search(
      Connection connection, LogSegments.Topic topic, int segment, int part, Instant at)
      throws SQLException {
    NavigableMap<Integer, Map<Integer, Long>> starts = LogSegments.starts(connection, topic);
    Map<Integer, Long> here = starts.getOrDefault(segment, Map.of());
    long low = here.getOrDefault(part, 0L);
    var next = starts.higherEntry(segment);
    long high =
        next != null
            ? next.getValue().getOrDefault(part, low)
            : LogSegments.ends(connection, topic, segment, here).getOrDefault(part, low);
    String sql = BEFORE.replace("{segment}", topic.table(segment));
    while (low < high) {
      long middle = low + (high - low) / 2;
      if (isBefore(connection, sql, part, middle, at)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static boolean isBefore(
      Connection connection, String sql, int part, long position, Instant at) throws SQLException {
    try (var query = connection.prepareStatement(sql)) {
      query.setObject(1, at.atOffset(ZoneOffset.UTC));
      query.setInt(2, part);
      query.setLong(3, position);
      try (var rows = query.executeQuery()) {
        return rows.next() && rows.getBoolean(1);
      }
    }
  }
}
