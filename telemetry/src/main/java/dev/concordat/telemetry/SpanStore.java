package dev.concordat.telemetry;

import dev.concordat.core.Background;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;

/// Keeps spans in PostgreSQL, schema `telemetry`, so that [Traces] finds them. One for each
/// process; any number of processes write into the same database.
///
/// Threads: safe for many. Spans are queued and written by one thread in batches; nobody waits.
///
/// Failure: while the database is down spans wait in the queue; what does not fit is dropped and
/// counted.
public final class SpanStore implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(SpanStore.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration BETWEEN_PRUNINGS = Duration.ofMinutes(1);
  // Connection lost, no resources, operator intervention, lost a race.
  private static final Set<String> PASSING = Set.of("08", "53", "57", "40");

  private final SpanRows rows;
  private final SpanStoreOptions options;
  private final Clock clock;
  private final BlockingQueue<SpanData> queue;
  private final Background background = new Background("span-store");
  private final LongAdder dropped = new LongAdder();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long asked;
  private long answered;

  // Of the writing thread alone.
  private final List<SpanData> batch = new ArrayList<>();
  private long prunedAt;
  private boolean failing;

  private SpanStore(SpanRows rows, SpanStoreOptions options, Clock clock) {
    this.rows = rows;
    this.options = options;
    this.clock = clock;
    this.queue = new ArrayBlockingQueue<>(options.queue());
    this.prunedAt = clock.nanos();
  }

  /// Opens the store and creates its schema when it is missing; safe when many do so at once.
  ///
  /// @throws Failure with [Code#UNAVAILABLE] when the database cannot be used
  public static SpanStore open(DataSource database, SpanStoreOptions options) {
    return open(database, options, Clock.SYSTEM);
  }

  static SpanStore open(DataSource database, SpanStoreOptions options, Clock clock) {
    SpanRows rows = new SpanRows(database);
    try {
      rows.create();
    } catch (SQLException e) {
      throw Failure.of(
          Code.UNAVAILABLE, "the database for spans cannot be used: " + e.getMessage(), e);
    }
    SpanStore store = new SpanStore(rows, options, clock);
    Context.root().run(() -> store.background.start("write", store::writeUntilStopped));
    return store;
  }

  /// How many spans were lost, because the queue was full or the database refused them.
  public long dropped() {
    return dropped.sum();
  }

  /// Writes what waits.
  ///
  /// @return true when it was tried within this time; false at once when the store is closed
  public boolean flush(Duration atMost) {
    if (background.stopping()) {
      return false;
    }
    long left = atMost.toNanos();
    lock.lock();
    try {
      long ticket = ++asked;
      changed.signalAll();
      while (answered < ticket && left > 0) {
        left = changed.awaitNanos(left);
      }
      return answered >= ticket;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /// Writes what waits, 5 seconds at most, and ends.
  @Override
  public void close() {
    flush(PATIENCE);
    background.stop(PATIENCE);
  }

  void add(SpanData span) {
    if (!queue.offer(span)) {
      dropped.increment();
    }
  }

  private void writeUntilStopped() {
    while (!background.stopping() && !Thread.currentThread().isInterrupted()) {
      long ticket = awaitTurn();
      try {
        write();
        prune();
      } catch (RuntimeException | Error e) {
        LOG.log(System.Logger.Level.ERROR, "spans could not be written and are lost", e);
        dropped.add(batch.size());
        batch.clear();
      }
      answer(ticket);
    }
  }

  private long awaitTurn() {
    long left = options.interval().toNanos();
    lock.lock();
    try {
      while (asked == answered && left > 0) {
        left = changed.awaitNanos(left);
      }
      return asked;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return asked;
    } finally {
      lock.unlock();
    }
  }

  private void answer(long ticket) {
    lock.lock();
    try {
      answered = ticket;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void write() {
    do {
      queue.drainTo(batch, options.batch() - batch.size());
      if (batch.isEmpty()) {
        return;
      }
      try {
        rows.insert(batch);
        batch.clear();
        failing = false;
      } catch (SQLException e) {
        failed(e);
        return;
      }
    } while (!queue.isEmpty());
  }

  private void failed(SQLException e) {
    boolean passing =
        e instanceof SQLTransientException
            || e instanceof SQLRecoverableException
            || e.getSQLState() == null
            || PASSING.contains(e.getSQLState().substring(0, 2));
    if (!passing) {
      dropped.add(batch.size());
      batch.clear();
    }
    if (!failing) {
      failing = true;
      LOG.log(System.Logger.Level.WARNING, "spans cannot be kept, they wait in a queue", e);
    }
  }

  private void prune() {
    if (clock.nanos() - prunedAt < BETWEEN_PRUNINGS.toNanos()) {
      return;
    }
    prunedAt = clock.nanos();
    try {
      rows.prune(options.keepSpans(), clock.now().minus(options.keepFor()));
    } catch (SQLException e) {
      LOG.log(System.Logger.Level.DEBUG, "old spans are still kept", e);
    }
  }
}
