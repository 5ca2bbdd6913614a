package dev.concordat.events.log;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// How far the subscriptions of this process have come: kept here, and written down now and then,
/// so that a message costs nothing. What is written lags behind, which keeps the log longer, never
/// shorter.
///
/// Threads: safe for many.
final class LogReaders {
  private static final String WRITE =
      """
      insert into concordat.log_reader as known (topic, reader, part, position)
      select id, ?, ?, ? from concordat.log_topic where name = ?
      on conflict (topic, reader, part) do update
      set position = greatest(known.position, excluded.position), at = clock_timestamp()
      """;

  private final Map<Place, Long> news = new ConcurrentHashMap<>();

  private record Place(String topic, String reader, int part) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int topics = topic.compareTo(other.topic);
      int readers = topics != 0 ? topics : reader.compareTo(other.reader);
      return readers != 0 ? readers : Integer.compare(part, other.part);
    }
  }

  void reached(String reader, String topic, Map<Integer, Long> positions) {
    positions.forEach(
        (part, position) -> news.merge(new Place(topic, reader, part), position, Math::max));
  }

  /// Writes down what is new. In one order, so that two processes never wait for each other.
  ///
  /// @return how many places
  int write(Connection connection) throws SQLException {
    Map<Place, Long> told = new TreeMap<>(news);
    if (told.isEmpty()) {
      return 0;
    }
    try (var insert = connection.prepareStatement(WRITE)) {
      for (var one : told.entrySet()) {
        insert.setString(1, one.getKey().reader);
        insert.setInt(2, one.getKey().part);
        insert.setLong(3, one.getValue());
        insert.setString(4, one.getKey().topic);
        insert.addBatch();
      }
      var _ = insert.executeBatch();
    }
    told.forEach(news::remove);
    return told.size();
  }
}
