package dev.concordat.events.subscriptions;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// Leaves messages of one subscription out, whichever process reads them: it gives the partition a
/// new epoch and a new cursor in one transaction, so that its reader has to begin anew and nothing
/// that it was about to write counts.
final class Skipping {
  private static final String NEW_EPOCH =
      "update concordat.claim set epoch = epoch + 1 where name = ? and part = ?";

  /// So that nobody parks a message of the key meanwhile: it would not know that it is the first.
  private static final String LOCK =
      "select from concordat.claim where name = ? and part = ? for update";

  private static final String CURSOR =
      """
      select coalesce((
        select position from concordat.cursor
        where subscription = ? and part = ?
        order by generation desc
        limit 1), 0)
      """;
  private static final String ADVANCE =
      """
      insert into concordat.cursor (subscription, part, generation, position)
      select ?, ?, coalesce(max(generation), 0) + 1, ?
      from concordat.cursor where subscription = ? and part = ?
      """;
  private static final String BURY =
      """
      with gone as (
        delete from concordat.retry
        where subscription = ? and part = ? and position < ? and (?::text is null or key = ?)
        returning *
      ), buried as (
        insert into concordat.dead_letter
          (kind, name, place, reason, attempts, key, message, source, topic, time, headers, payload)
        select 'event', subscription.name, gone.part || '/' || gone.position, ?, gone.attempts,
               gone.key, gone.message, gone.source, gone.topic, gone.time, gone.headers, gone.payload
        from gone join concordat.subscription on subscription.id = gone.subscription
        where not gone.given_up
        order by gone.position
        returning 1)
      select count(*) from buried
      """;
  private static final String BOUNDS =
      """
      select min(position), max(position), count(*) from concordat.retry
      where subscription = ? and part = ? and key = ?
      """;
  private static final String NEXT_IS_DUE =
      """
      update concordat.retry set due_at = now()
      where subscription = ? and part = ? and not given_up
        and position = (select min(position) from concordat.retry
                        where subscription = ? and part = ? and key = ?)
      """;
  private static final String RECORD =
      """
      insert into concordat.skip
        (subscription, part, key, from_position, to_position, buried, by, reason)
      values (?, ?, ?, ?, ?, ?, ?, ?)
      """;

  private final Register register;
  private final String name;
  private final String by;
  private final String reason;

  Skipping(Register register, String name, String by, String reason) {
    this.register = register;
    this.name = name;
    this.by = by;
    this.reason = reason;
  }

  /// Leaves everything of a partition below the position out.
  ///
  /// @return how many positions the cursor moved on by
  long to(Connection connection, int part, long position) throws SQLException {
    try (var update = connection.prepareStatement(NEW_EPOCH)) {
      update.setString(1, "subscription/" + name);
      update.setInt(2, part);
      update.executeUpdate();
    }
    long from = cursor(connection, part);
    if (from < position) {
      try (var insert = connection.prepareStatement(ADVANCE)) {
        insert.setInt(1, register.id());
        insert.setInt(2, part);
        insert.setLong(3, position);
        insert.setInt(4, register.id());
        insert.setInt(5, part);
        insert.executeUpdate();
      }
    }
    long buried = bury(connection, part, null, position);
    record(connection, new Range(part, null, from, position, buried));
    return Math.max(0, position - from);
  }

  /// Leaves what is parked of a key out.
  ///
  /// @param onlyFirst only the message that the key waits for
  /// @return how many messages have become dead letters or were some already
  long key(Connection connection, int part, String key, boolean onlyFirst) throws SQLException {
    try (var lock = connection.prepareStatement(LOCK)) {
      lock.setString(1, "subscription/" + name);
      lock.setInt(2, part);
      lock.execute();
    }
    long first;
    long last;
    long messages;
    try (var query = connection.prepareStatement(BOUNDS)) {
      query.setInt(1, register.id());
      query.setInt(2, part);
      query.setString(3, key);
      try (var row = query.executeQuery()) {
        row.next();
        first = row.getLong(1);
        last = row.getLong(2);
        messages = row.getLong(3);
        if (messages == 0) {
          return 0;
        }
      }
    }
    long end = (onlyFirst ? first : last) + 1;
    long buried = bury(connection, part, key, end);
    nextIsDue(connection, part, key);
    record(connection, new Range(part, key, first, end, buried));
    return onlyFirst ? 1 : messages;
  }

  /// The first message of the key is tried now, unless it was given up on.
  void nextIsDue(Connection connection, int part, String key) throws SQLException {
    try (var update = connection.prepareStatement(NEXT_IS_DUE)) {
      update.setInt(1, register.id());
      update.setInt(2, part);
      update.setInt(3, register.id());
      update.setInt(4, part);
      update.setString(5, key);
      update.executeUpdate();
    }
  }

  private record Range(int part, @Nullable String key, long from, long to, long buried) {}

  private long cursor(Connection connection, int part) throws SQLException {
    try (var query = connection.prepareStatement(CURSOR)) {
      query.setInt(1, register.id());
      query.setInt(2, part);
      try (var row = query.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private long bury(Connection connection, int part, @Nullable String key, long below)
      throws SQLException {
    try (var move = connection.prepareStatement(BURY)) {
      move.setInt(1, register.id());
      move.setInt(2, part);
      move.setLong(3, below);
      move.setString(4, key);
      move.setString(5, key);
      move.setString(6, "skipped by " + by + ": " + reason);
      try (var row = move.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private void record(Connection connection, Range range) throws SQLException {
    try (var insert = connection.prepareStatement(RECORD)) {
      insert.setInt(1, register.id());
      insert.setInt(2, range.part);
      insert.setString(3, range.key);
      insert.setLong(4, range.from);
      insert.setLong(5, range.to);
      insert.setLong(6, range.buried);
      insert.setString(7, by);
      insert.setString(8, reason);
      insert.executeUpdate();
    }
  }
}
