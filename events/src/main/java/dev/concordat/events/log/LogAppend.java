package dev.concordat.events.log;

import static java.util.stream.Collectors.groupingBy;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.store.Database;
import dev.concordat.events.subscriptions.Partitions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Appends in one transaction: the producer's number, then topic by topic the messages at the next
/// positions. Locks on the producer and on the topics keep everybody else from the same positions.
final class LogAppend {
  private static final int TRIES = 5;
  private static final String LAST =
      "select coalesce(max(sequence), 0) from concordat.log_append where producer = ?";
  private static final String NUMBER =
      """
      insert into concordat.log_append (producer, sequence)
      select ?, ?
      where not exists (
        select from concordat.log_append where producer = ? and sequence >= ?)
      """;

  /// Gives nothing when the segment is no longer the open one.
  private static final String APPEND =
      """
      with told as (
        select part, message, source, key, time, headers, payload, nth
        from unnest(?::int[], ?::uuid[], ?::text[], ?::text[], ?::timestamptz[], ?::text[], ?::bytea[])
          with ordinality as t(part, message, source, key, time, headers, payload, nth)
      ), base as (
        select start.part,
               coalesce(last.position + 1, start.position) as next,
               greatest(statement_timestamp(), last.appended_at) as at
        from concordat.log_segment_start as start
          join concordat.log_segment as segment using (topic, segment)
          left join lateral (
            select position, appended_at from concordat.{segment} as log
            where log.part = start.part
            order by position desc limit 1) as last on true
        where start.topic = ? and start.segment = ? and segment.closed_at is null
      )
      insert into concordat.{segment}
        (part, position, appended_at, message, source, key, time, headers, payload)
      select told.part, base.next + row_number() over (partition by told.part order by nth) - 1,
             base.at, message, source, key, time, headers, payload
      from told join base using (part)
      """;

  private final Database database;
  private final LogSegments segments;

  LogAppend(Database database, LogSegments segments) {
    this.database = database;
    this.segments = segments;
  }

  boolean run(String producer, long sequence, List<Envelope> messages) {
    for (int attempt = 1; attempt <= TRIES; attempt++) {
      List<Batch> batches = batches(messages);
      try {
        return database.transact(connection -> append(connection, producer, sequence, batches));
      } catch (SegmentClosed e) {
        segments.refresh(e.topic);
      }
    }
    throw Failure.of(Code.ABORTED, "the log's segments changed too often while appending");
  }

  /// What goes into one segment.
  private record Batch(LogSegments.Topic topic, int segment, List<Envelope> messages) {}

  /// Looks everything up before the transaction, which would keep one connection while it waits for
  /// another: as many of those as the pool has connections would wait for each other.
  private List<Batch> batches(List<Envelope> messages) {
    Map<String, List<Envelope>> byTopic =
        messages.stream()
            .collect(groupingBy(Envelope::topic, LinkedHashMap::new, Collectors.toList()));
    List<Batch> batches = new ArrayList<>();
    byTopic.forEach((name, ofTopic) -> {
      LogSegments.Topic topic = segments.topic(name);
      batches.add(new Batch(topic, segments.directory(topic).lastKey(), ofTopic));
    });
    return batches;
  }

  long last(String producer) {
    return database.read(connection -> {
      try (var query = connection.prepareStatement(LAST)) {
        query.setString(1, producer);
        try (var rows = query.executeQuery()) {
          rows.next();
          return rows.getLong(1);
        }
      }
    });
  }

  private static boolean append(
      Connection connection, String producer, long sequence, List<Batch> batches)
      throws SQLException {
    List<String> names = new ArrayList<>();
    names.add("producer/" + producer);
    batches.forEach(batch -> names.add("topic/" + batch.topic.name()));
    LogSegments.lock(connection, names);
    if (!number(connection, producer, sequence)) {
      return false;
    }
    for (Batch batch : batches) {
      append(connection, batch.topic, batch.segment, batch.messages);
    }
    return true;
  }

  private static void append(
      Connection connection, LogSegments.Topic topic, int segment, List<Envelope> messages)
      throws SQLException {
    try (var insert =
        connection.prepareStatement(APPEND.replace("{segment}", topic.table(segment)))) {
      insert.setArray(1, connection.createArrayOf("int", partitions(topic, messages)));
      Columns.set(connection, insert, 2, messages);
      insert.setInt(8, topic.id());
      insert.setInt(9, segment);
      if (insert.executeUpdate() != messages.size()) {
        throw new SegmentClosed(topic);
      }
    }
  }

  private static Object[] partitions(LogSegments.Topic topic, List<Envelope> messages) {
    return messages.stream().map(m -> Partitions.of(m.key(), topic.partitions())).toArray();
  }

  private static boolean number(Connection connection, String producer, long sequence)
      throws SQLException {
    try (var insert = connection.prepareStatement(NUMBER)) {
      insert.setString(1, producer);
      insert.setLong(2, sequence);
      insert.setString(3, producer);
      insert.setLong(4, sequence);
      return insert.executeUpdate() == 1;
    }
  }

  /// The open segment is another one than thought: nothing was written.
  private static final class SegmentClosed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient LogSegments.Topic topic;

    SegmentClosed(LogSegments.Topic topic) {
      super("segment closed", null, false, false);
      this.topic = topic;
    }
  }
}
