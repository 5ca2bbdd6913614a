package dev.concordat.bench.work;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.Histogram;

/// The work of a transaction, and when it was done: at which instant an order was committed, and at
/// which its effect.
///
/// Threads: safe for many.
public final class Ledger {
  /// 300 bytes, with the rest of the message.
  public static final String NOTE = "n".repeat(280);

  private static final long KEYS = 1_000;
  private static final String ORDER = "insert into orders (id, customer, note) values (?, ?, ?)";
  private static final String EFFECT =
      "insert into effects (id) values (?) on conflict (id) do nothing";
  private static final long LONGEST_NANOS = 600_000_000_000L;

  private final AtomicLong effects = new AtomicLong();
  private final AtomicLong duplicates = new AtomicLong();
  private volatile Turn turn = new Turn(0, 0);
  private volatile boolean poison;

  /// Where the instants of one turn stand.
  ///
  /// @param meant when the order was meant to be told
  /// @param told when it was committed
  /// @param effected when its effect was committed
  private record Turn(
      long first, AtomicLongArray meant, AtomicLongArray told, AtomicLongArray effected) {
    Turn(long first, int length) {
      this(
          first,
          new AtomicLongArray(length),
          new AtomicLongArray(length),
          new AtomicLongArray(length));
    }

    void set(AtomicLongArray times, long order, long nanos) {
      long index = order - first;
      if (index >= 0 && index < times.length()) {
        times.compareAndSet((int) index, 0, nanos);
      }
    }
  }

  /// From here on these orders' instants are kept.
  ///
  /// @param most how many orders there can be
  void begin(long first, int most) {
    turn = new Turn(first, most);
  }

  /// The order was meant to be told at this instant, of [System#nanoTime()].
  void meant(long order, long nanos) {
    Turn now = turn;
    now.set(now.meant(), order, nanos);
  }

  /// Who ordered: the key of the event.
  public static String customer(long order) {
    return "customer-" + order % KEYS;
  }

  /// From here on the effects of every hundredth customer fail, always.
  void poison() {
    poison = true;
  }

  /// Whether this order can have an effect.
  boolean healthy(long order) {
    return !poison || order % 100 != 0;
  }

  /// Inserts the order, on the publisher's transaction.
  public void order(Connection connection, long order) throws SQLException {
    try (var insert = connection.prepareStatement(ORDER)) {
      insert.setLong(1, order);
      insert.setString(2, customer(order));
      insert.setString(3, NOTE);
      insert.executeUpdate();
    }
    Turn now = turn;
    WatchedPool.afterCommit(connection, () -> now.set(now.told(), order, System.nanoTime()));
  }

  /// Inserts the effect, on the handler's transaction. A second delivery does nothing, and is
  /// counted.
  public void effect(Connection connection, long order) throws SQLException {
    if (!healthy(order)) {
      throw new IllegalStateException("nobody can do anything for " + customer(order));
    }
    try (var insert = connection.prepareStatement(EFFECT)) {
      insert.setLong(1, order);
      if (insert.executeUpdate() == 0) {
        duplicates.incrementAndGet();
        return;
      }
    }
    Turn now = turn;
    WatchedPool.afterCommit(
        connection,
        () -> {
          now.set(now.effected(), order, System.nanoTime());
          effects.incrementAndGet();
        });
  }

  /// The task was done, outside of any transaction.
  public void done(long task) {
    Turn now = turn;
    now.set(now.effected(), task, System.nanoTime());
    effects.incrementAndGet();
  }

  /// The task was asked for.
  void asked(long task) {
    Turn now = turn;
    now.set(now.told(), task, System.nanoTime());
  }

  /// Effects so far, each once.
  public long effects() {
    return effects.get();
  }

  /// Second deliveries so far.
  long duplicates() {
    return duplicates.get();
  }

  /// From the commit of the order to that of the effect, in nanoseconds.
  Histogram fromCommit() {
    return latencies(turn.told());
  }

  /// From the instant at which the order was meant to be told.
  Histogram fromMeant() {
    return latencies(turn.meant());
  }

  private Histogram latencies(AtomicLongArray since) {
    Histogram histogram = new Histogram(LONGEST_NANOS, 3);
    AtomicLongArray effected = turn.effected();
    for (int i = 0; i < effected.length(); i++) {
      long begin = since.get(i);
      long end = effected.get(i);
      if (begin != 0 && end != 0) {
        // The effect can be seen before the publisher has seen its own commit return.
        histogram.recordValue(Math.clamp(end - begin, 0, LONGEST_NANOS));
      }
    }
    return histogram;
  }
}
