package dev.concordat.events.log;

import dev.concordat.core.Background;
import dev.concordat.core.Observer;
import dev.concordat.events.loop.Loop;
import dev.concordat.events.loop.Signal;
import dev.concordat.events.store.Database;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Cuts full segments and drops old ones, topic by topic, while writers of that topic wait. Several
/// processes may do it at once: the lock lets one at a time, and the next finds it done.
final class LogUpkeep {
  private static final Logger LOG = System.getLogger("dev.concordat.events");
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

  /// Those that are old enough, who has yet to read them, and whether that no longer counts.
  private static final String EXPIRED =
      """
      select segment,
        (select string_agg(distinct reader, ', ')
          from concordat.log_reader r
          join concordat.log_segment_start following
            on following.topic = r.topic and following.part = r.part
          where r.topic = log_segment.topic and following.segment = log_segment.segment + 1
            and r.position < following.position) as waits_for,
        closed_at < clock_timestamp() - make_interval(secs => 2 * retention_seconds) as past_bound
      from concordat.log_segment join concordat.log_topic on topic = id
      where topic = ?
        and closed_at < clock_timestamp() - make_interval(secs => retention_seconds)
      order by segment
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
  private final LogReaders readers;
  private final Map<String, String> held = new HashMap<>();
  private final PostgresLog.Limit limit;
  private final Loop loop;

  LogUpkeep(Database database, LogSegments segments, LogReaders readers, PostgresLog.Limit limit) {
    this.database = database;
    this.segments = segments;
    this.readers = readers;
    this.limit = limit;
    this.loop = new Loop("upkeep", new Signal(), Observer.NONE, this::step);
  }

  void start(Background background) {
    loop.start(background);
  }

  void stop() {
    loop.stop();
  }

  /// One at a time: the step of the loop, or whoever asks for it.
  synchronized void run() {
    int _ = database.transact(readers::write);
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

  /// The oldest first, up to one that somebody has yet to read.
  private boolean drop(Connection connection, LogSegments.Topic topic) throws SQLException {
    List<Integer> expired = new ArrayList<>();
    String waitsFor = "";
    try (var query = connection.prepareStatement(EXPIRED)) {
      query.setInt(1, topic.id());
      try (var rows = query.executeQuery()) {
        while (waitsFor.isEmpty() && rows.next()) {
          boolean wanted = rows.getString("waits_for") != null;
          if (wanted && !rows.getBoolean("past_bound")) {
            waitsFor = rows.getString("waits_for");
          } else {
            expired.add(rows.getInt("segment"));
          }
        }
      }
    }
    say(topic.name(), waitsFor);
    for (int segment : expired) {
      update(connection, FORGET_STARTS, topic.id(), segment);
      update(connection, FORGET, topic.id(), segment);
      execute(connection, "drop table concordat." + topic.table(segment));
    }
    return !expired.isEmpty();
  }

  /// Once, when it begins or somebody else is waited for.
  private void say(String topic, String waitsFor) {
    String before = waitsFor.isEmpty() ? held.remove(topic) : held.put(topic, waitsFor);
    if (!waitsFor.isEmpty() && !waitsFor.equals(before)) {
      LOG.log(
          Level.WARNING,
          "{0} is kept longer than its retention for {1}; at twice the retention it is dropped",
          topic,
          waitsFor);
    }
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
