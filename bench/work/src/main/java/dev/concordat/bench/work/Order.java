package dev.concordat.bench.work;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// What readers of a log do with what they read, and whether each key's events came in order.
///
/// Threads: safe for many readers; each of them one batch at a time.
public final class Order {
  private static final String TABLE =
      "create table if not exists read (reader text not null, number bigint not null)";
  private static final String INSERT = "insert into read (reader, number) select ?, unnest(?)";

  private final AtomicLong handled = new AtomicLong();
  private final AtomicLong outOfOrder = new AtomicLong();
  private final Map<String, Map<Long, Long>> last = new ConcurrentHashMap<>();

  /// Makes the table.
  static Order on(Stage stage) throws SQLException {
    stage.execute(TABLE);
    return new Order();
  }

  /// Writes these events down, on the reader's transaction.
  ///
  /// @param keys of the events, numbered
  /// @param numbers of the events, ascending within a key
  public void take(Connection connection, String reader, long[] keys, Long[] numbers)
      throws SQLException {
    try (var insert = connection.prepareStatement(INSERT)) {
      insert.setString(1, reader);
      insert.setArray(2, connection.createArrayOf("bigint", numbers));
      insert.executeUpdate();
    }
    WatchedPool.afterCommit(connection, () -> taken(reader, keys, numbers));
  }

  private void taken(String reader, long[] keys, Long[] numbers) {
    Map<Long, Long> before = last.computeIfAbsent(reader, any -> new ConcurrentHashMap<>());
    for (int i = 0; i < keys.length; i++) {
      Long previous = before.put(keys[i], numbers[i]);
      if (previous != null && previous >= numbers[i]) {
        outOfOrder.incrementAndGet();
      }
    }
    handled.addAndGet(keys.length);
  }

  long handled() {
    return handled.get();
  }

  long outOfOrder() {
    return outOfOrder.get();
  }
}
