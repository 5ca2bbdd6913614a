package dev.concordat.events.outbox;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.store.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Predicate;

/// Empties the outbox without deleting a row: writers go on to the next of the three tables, and
/// that one is truncated just before. It may be when every row in it was visible at the last tick;
/// whether that holds is looked at under an exclusive lock, which no writer that still has to
/// commit lets us take.
public final class Rotation {
  private static final String PATIENCE = "set local lock_timeout = '200ms'";
  private static final String STATE =
      """
      select slot, since < clock_timestamp() - make_interval(secs => ?), first_id
      from concordat.outbox_slot
      """;
  private static final String STILL_OURS =
      """
      select (select slot = ? from concordat.outbox_slot for update)
         and exists (select from concordat.claim
                     where name = 'sequencer' and part = 0 and epoch = ? for share)
      """;
  private static final String LOCK = "lock table concordat.outbox_{slot} in access exclusive mode";
  private static final String UNTOLD =
      """
      select exists (
        select from concordat.outbox_{slot}
        where not pg_visible_in_snapshot(xid, ?::pg_snapshot))
      """;
  private static final String EMPTY = "truncate concordat.outbox_{slot}";
  private static final String SWITCH =
      """
      update concordat.outbox_slot set slot = ?, since = clock_timestamp(), first_id = ?
      """;

  private final Database database;
  private final long rows;
  private final Duration interval;

  /// @param rows a table with about this many is full
  /// @param interval a table this old is full when it holds anything
  public Rotation(Database database, long rows, Duration interval) {
    this.database = database;
    this.rows = rows;
    this.interval = interval;
  }

  private record Slot(int number, boolean old, long firstId) {
    int next() {
      return (number + 1) % 3;
    }
  }

  /// Goes on to the next table when the present one is full.
  ///
  /// @param last a complete tick
  /// @param told whether it has been told whole; asked only when it matters
  /// @return whether it did; if not, another time
  boolean perhaps(Tick last, long epoch, Predicate<Tick> told) {
    Slot slot = database.read(this::state);
    long used = last.upto() - slot.firstId;
    if (used < rows && !(slot.old && used > 0)) {
      return false;
    }
    if (!told.test(last)) {
      return false;
    }
    try {
      return database.transact(connection -> rotate(connection, slot, last, epoch));
    } catch (Failure e) {
      if (e.code() == Code.ABORTED) {
        return false;
      }
      throw e;
    }
  }

  private Slot state(Connection connection) throws SQLException {
    try (var query = connection.prepareStatement(STATE)) {
      query.setDouble(1, interval.toMillis() / 1000.0);
      try (var rows = query.executeQuery()) {
        rows.next();
        return new Slot(rows.getInt(1), rows.getBoolean(2), rows.getLong(3));
      }
    }
  }

  private static boolean rotate(Connection connection, Slot slot, Tick last, long epoch)
      throws SQLException {
    execute(connection, PATIENCE);
    execute(connection, of(LOCK, slot.next()));
    if (!stillOurs(connection, slot, epoch) || untold(connection, slot.next(), last)) {
      return false;
    }
    execute(connection, of(EMPTY, slot.next()));
    try (var update = connection.prepareStatement(SWITCH)) {
      update.setInt(1, slot.next());
      update.setLong(2, last.upto());
      return update.executeUpdate() == 1;
    }
  }

  private static boolean stillOurs(Connection connection, Slot slot, long epoch)
      throws SQLException {
    try (var query = connection.prepareStatement(STILL_OURS)) {
      query.setInt(1, slot.number);
      query.setLong(2, epoch);
      try (var rows = query.executeQuery()) {
        rows.next();
        return rows.getBoolean(1);
      }
    }
  }

  private static boolean untold(Connection connection, int slot, Tick last) throws SQLException {
    try (var query = connection.prepareStatement(of(UNTOLD, slot))) {
      query.setString(1, last.snapshot());
      try (var rows = query.executeQuery()) {
        rows.next();
        return rows.getBoolean(1);
      }
    }
  }

  private static String of(String sql, int slot) {
    return sql.replace("{slot}", Integer.toString(slot));
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
