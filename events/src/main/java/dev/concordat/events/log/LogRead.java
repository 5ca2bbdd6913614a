package dev.concordat.events.log;

import com.google.protobuf.ByteString;
import dev.concordat.core.Failure;
import dev.concordat.events.log.Broker.Logged;
import dev.concordat.events.store.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;

/// Reads several partitions at once, each in order, in turns, so that a full partition does not
/// keep the others from being read.
public final class LogRead {
  /// Payloads of one read together, in bytes; the first message always comes.
  private static final long BYTES = 8L * 1024 * 1024;

  /// To plan it costs more than to read a few messages. So that PostgreSQL keeps one plan, the
  /// limits stand in the text, and the arrays in queries of their own, where it does not see their
  /// lengths.
  private static final String READ =
      """
      select newest.segment, log.*
      from (select max(segment) as segment from concordat.log_segment where topic = ?) as newest
        left join lateral (
          select turn.*
          from (
            select entry.*, entry.position - wanted.position as nth,
                   sum(octet_length(entry.payload))
                     over (order by entry.position - wanted.position, entry.part) as bytes
            from unnest((select ?::int[]), (select ?::bigint[])) as wanted(part, position)
              cross join lateral (
                select * from concordat.{segment} as log
                where log.part = wanted.part and log.position >= wanted.position
                order by log.position
                limit {each}) as entry) as turn
          where turn.bytes - octet_length(turn.payload) < {bytes}) as log on true
      order by log.nth, log.part
      """
          .replace("{bytes}", Long.toString(BYTES));

  private final Database database;
  private final LogSegments segments;

  LogRead(Database database, LogSegments segments) {
    this.database = database;
    this.segments = segments;
  }

  List<Logged> run(String name, Map<Integer, Long> from, int max) {
    LogSegments.Topic topic = segments.topic(name);
    try {
      return read(topic, from, max);
    } catch (Failure e) {
      if (e.getCause() instanceof SQLException sql && LogSegments.isGone(sql)) {
        segments.refresh(topic);
        return read(topic, from, max);
      }
      throw e;
    }
  }

  private List<Logged> read(LogSegments.Topic topic, Map<Integer, Long> from, int max) {
    var directory = segments.directory(topic);
    List<Logged> messages = new ArrayList<>();
    long newest = directory.lastKey();
    for (var entry : bySegment(directory, from).entrySet()) {
      Map<Integer, Long> wanted = entry.getValue();
      while (!wanted.isEmpty() && messages.size() < max && bytes(messages) < BYTES) {
        Map<Integer, Long> now = wanted;
        Size size = Size.of(max - messages.size(), now.size());
        Page page = database.read(c -> page(c, topic, entry.getKey(), now, size));
        messages.addAll(page.messages);
        newest = Math.max(newest, page.newest);
        wanted = page.more(size.each);
      }
    }
    if (newest > directory.lastKey()) {
      segments.refresh(topic);
    }
    return messages;
  }

  private static long bytes(List<Logged> messages) {
    return messages.stream().mapToLong(one -> one.message().payload().size()).sum();
  }

  /// How much is read at once.
  ///
  /// @param max of all partitions together
  /// @param each of each partition: its share, so that little is read in vain; a power of two, so
  ///   that there are few statements
  private record Size(int max, int each) {
    static Size of(int max, int partitions) {
      int share = Math.ceilDiv(max, partitions);
      return new Size(max, Math.max(1, Integer.highestOneBit(2 * share - 1)));
    }
  }

  private record Page(long newest, List<Logged> messages) {
    /// The partitions that had their share, of which there may be more, and where that begins: what
    /// others left of theirs is for them.
    Map<Integer, Long> more(int each) {
      Map<Integer, Integer> read = new HashMap<>();
      Map<Integer, Long> next = new HashMap<>();
      for (Logged one : messages) {
        read.merge(one.partition(), 1, Integer::sum);
        next.put(one.partition(), one.position() + 1);
      }
      next.keySet().removeIf(part -> read.getOrDefault(part, 0) < each);
      return next;
    }
  }

  /// Where each wanted position stands: the newest segment that begins at it or before it.
  private static NavigableMap<Integer, Map<Integer, Long>> bySegment(
      NavigableMap<Integer, Map<Integer, Long>> directory, Map<Integer, Long> from) {
    NavigableMap<Integer, Map<Integer, Long>> wanted = new TreeMap<>();
    from.forEach((part, position) -> {
      int segment = directory.firstKey();
      for (var candidate : directory.entrySet()) {
        if (candidate.getValue().getOrDefault(part, 0L) <= position) {
          segment = candidate.getKey();
        }
      }
      long first = directory.firstEntry().getValue().getOrDefault(part, 0L);
      wanted.computeIfAbsent(segment, any -> new HashMap<>()).put(part, Math.max(first, position));
    });
    return wanted;
  }

  private static Page page(
      Connection connection,
      LogSegments.Topic topic,
      int segment,
      Map<Integer, Long> from,
      Size size)
      throws SQLException {
    String read =
        READ.replace("{segment}", topic.table(segment))
            .replace("{each}", Integer.toString(size.each));
    try (var query = connection.prepareStatement(read)) {
      query.setInt(1, topic.id());
      query.setArray(2, connection.createArrayOf("int", from.keySet().toArray()));
      query.setArray(3, connection.createArrayOf("bigint", from.values().toArray()));
      List<Logged> messages = new ArrayList<>();
      long newest = 0;
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          newest = rows.getLong("segment");
          if (messages.size() < size.max && rows.getString("source") != null) {
            messages.add(logged(rows, topic.name()));
          }
        }
      }
      return new Page(newest, messages);
    }
  }

  private static Logged logged(ResultSet row, String topic) throws SQLException {
    return new Logged(
        row.getInt("part"),
        row.getLong("position"),
        row.getObject("appended_at", OffsetDateTime.class).toInstant(),
        envelope(row, topic));
  }

  /// The envelope that every table of ours holds in the same columns.
  public static Envelope envelope(ResultSet row, String topic) throws SQLException {
    return new Envelope(
        row.getObject("message", UUID.class),
        row.getString("source"),
        topic,
        row.getString("key"),
        row.getObject("time", OffsetDateTime.class).toInstant(),
        Headers.read(row.getString("headers")),
        ByteString.copyFrom(row.getBytes("payload")));
  }
}
