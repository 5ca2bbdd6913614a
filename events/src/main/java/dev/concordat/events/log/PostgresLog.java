package dev.concordat.events.log;

import dev.concordat.core.Background;
import dev.concordat.events.store.Database;
import dev.concordat.events.store.Schema;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/// The log in a PostgreSQL database that the services share: the embedded default.
///
/// A topic has 8 partitions and is cut into segments of a million messages, or an eighth of the
/// retention, whichever comes first; segments older than the retention are dropped whole. One
/// connection of the pool is kept for being woken (`LISTEN concordat_log`).
///
/// Threads: safe for many; one per process is enough.
public final class PostgresLog implements Broker {
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private final Database database;
  private final LogSegments segments;
  private final LogAppend append;
  private final LogRead read;
  private final LogWake wake;
  private final LogReaders readers = new LogReaders();
  private final LogUpkeep upkeep;
  private final Background background = new Background("log");

  private PostgresLog(Database database, Limit limit) {
    this.database = database;
    this.segments = new LogSegments(database);
    this.append = new LogAppend(database, segments);
    this.read = new LogRead(database, segments);
    this.wake = new LogWake(database);
    this.upkeep = new LogUpkeep(database, segments, readers, limit);
  }

  /// When a segment is full.
  ///
  /// @param messages in all partitions together
  /// @param interval time between two looks
  record Limit(long messages, Duration interval) {
    static final Limit DEFAULT = new Limit(1_000_000, Duration.ofSeconds(30));
  }

  /// Opens the log and makes what is missing of it.
  ///
  /// @param database a pool
  /// @throws dev.concordat.core.Failure with `UNAVAILABLE` when the database cannot be reached
  public static PostgresLog open(DataSource database) {
    return open(database, Limit.DEFAULT);
  }

  static PostgresLog open(DataSource database, Limit limit) {
    Database own = new Database(database);
    Schema.LOG.create(own);
    PostgresLog log = new PostgresLog(own, limit);
    log.wake.start(log.background);
    log.upkeep.start(log.background);
    return log;
  }

  @Override
  public int declare(String topic, Duration retention) {
    return segments.declare(topic, retention).partitions();
  }

  @Override
  public boolean append(String producer, long sequence, List<Envelope> messages) {
    boolean appended = append.run(producer, sequence, messages);
    if (appended) {
      wake.tell(messages.stream().map(Envelope::topic).distinct().toList());
    }
    return appended;
  }

  @Override
  public long appended(String producer) {
    return append.last(producer);
  }

  @Override
  public List<Logged> read(String topic, Map<Integer, Long> from, int max) {
    return from.isEmpty() || max < 1 ? List.of() : read.run(topic, from, max);
  }

  @Override
  public Map<Integer, Long> begins(String topic) {
    return segments.begins(topic);
  }

  @Override
  public Map<Integer, Long> ends(String topic) {
    return segments.ends(topic);
  }

  @Override
  public long positionAt(String topic, int partition, Instant at) {
    return new LogTime(database, segments).position(topic, partition, at);
  }

  @Override
  public Runnable onAppend(String topic, Runnable listener) {
    return wake.add(topic, listener);
  }

  /// Retention waits for those who have said how far they are, at most as long again as it is.
  @Override
  public void reached(String subscription, String topic, Map<Integer, Long> positions) {
    readers.reached(subscription, topic, positions);
  }

  /// Cuts and drops segments now, as it otherwise does every 30 seconds.
  void keepUp() {
    upkeep.run();
  }

  @Override
  public void close() {
    upkeep.stop();
    wake.stop();
    var _ = background.stop(PATIENCE);
  }
}
