package dev.concordat.events.log;

import static java.util.stream.Collectors.groupingBy;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.store.Database;
import dev.concordat.events.subscriptions.Partitions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
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

  /// By the indexes, whatever the planner thinks: it has seen the numbers when few were left of
  /// them, and would read all of thousands each time. In one round trip with the locks.
  private static final String NUMBER =
      """
      select set_config('enable_seqscan', 'off', true);
      {lock};
      insert into concordat.log_append (producer, sequence)
      select ?, ?
      where not exists (
        select from concordat.log_append where producer = ? and sequence >= ?)
      """
          .replace("{lock}", LogSegments.LOCK);

  /// Gives nothing when the segment is no longer the open one.
  private static final String NEXT =
      """
      select coalesce(last.position + 1, start.position) as position,
             greatest(statement_timestamp(), last.appended_at) as at
      from concordat.log_segment_start as start
        join concordat.log_segment as segment using (topic, segment)
        left join lateral (
          select position, appended_at from concordat.{segment} as log
          where log.part = start.part
          order by position desc limit 1) as last on true
      where start.topic = ? and start.segment = ? and segment.closed_at is null
      order by start.part
      """;

  /// Not an insert of arrays, which costs PostgreSQL three times as much.
  private static final String WRITE =
      """
      copy concordat.{segment}
        (part, position, appended_at, message, source, key, time, headers, payload)
      from stdin (format binary)
      """;

  private static final int COLUMNS = 9;

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
  private record Batch(LogSegments.Topic topic, int segment, List<Envelope> messages) {
    String of(String statement) {
      return statement.replace("{segment}", topic.table(segment));
    }
  }

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
    if (!number(connection, names, producer, sequence)) {
      return false;
    }
    for (Batch batch : batches) {
      write(connection, batch, next(connection, batch));
    }
    return true;
  }

  private static boolean number(
      Connection connection, List<String> locks, String producer, long sequence)
      throws SQLException {
    try (var insert = connection.prepareStatement(NUMBER)) {
      insert.setArray(1, LogSegments.inOrder(connection, locks));
      insert.setString(2, producer);
      insert.setLong(3, sequence);
      insert.setString(4, producer);
      insert.setLong(5, sequence);
      boolean rows = insert.execute();
      while (rows) {
        rows = insert.getMoreResults();
      }
      return insert.getUpdateCount() == 1;
    }
  }

  /// Where a partition goes on, and as of when.
  private record Next(long position, Instant at) {
    Next following() {
      return new Next(position + 1, at);
    }
  }

  /// One a partition, in their order.
  private static List<Next> next(Connection connection, Batch batch) throws SQLException {
    List<Next> next = new ArrayList<>();
    try (var query = connection.prepareStatement(batch.of(NEXT))) {
      query.setInt(1, batch.topic.id());
      query.setInt(2, batch.segment);
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          Instant at = rows.getObject("at", OffsetDateTime.class).toInstant();
          next.add(new Next(rows.getLong("position"), at));
        }
      }
    } catch (SQLException e) {
      if (LogSegments.isGone(e)) {
        throw new SegmentClosed(batch.topic);
      }
      throw e;
    }
    if (next.size() < batch.topic.partitions()) {
      throw new SegmentClosed(batch.topic);
    }
    return next;
  }

  private static void write(Connection connection, Batch batch, List<Next> next)
      throws SQLException {
    try (CopyRows rows = CopyRows.into(connection, batch.of(WRITE))) {
      for (Envelope message : batch.messages) {
        int part = Partitions.of(message.key(), batch.topic.partitions());
        Next here = next.get(part);
        rows.row(COLUMNS)
            .add(part)
            .add(here.position)
            .add(here.at)
            .add(message.id())
            .add(message.source())
            .add(message.key())
            .add(message.time())
            .add(Headers.write(message.headers()))
            .add(message.payload().asReadOnlyByteBuffer());
        next.set(part, here.following());
      }
      rows.end();
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
