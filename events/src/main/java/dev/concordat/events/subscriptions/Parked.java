package dev.concordat.events.subscriptions;

import dev.concordat.events.log.Broker;
import dev.concordat.events.log.Envelope;
import dev.concordat.events.log.Headers;
import dev.concordat.events.log.LogRead;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The messages of parked keys, in their order. The first of a key is due at some time; those
/// behind it have none, and become due when it is gone.
///
/// Time is the database's: whoever parks a key and whoever comes back to it may be two processes,
/// and the clock of either may jump.
public final class Parked {
  private static final String PARK =
      """
      insert into concordat.retry
        (subscription, part, position, due_at, attempts, given_up, key, message, source, topic, time,
         headers, payload)
      values (?, ?, ?, now() + make_interval(secs => ?), ?, ?, ?, ?, ?, ?, ?, ?, ?)
      on conflict do nothing
      """;
  private static final String KEYS =
      """
      select distinct key from concordat.retry where subscription = ? and part = ?
      """;
  private static final String DUE =
      """
      select distinct part, key from concordat.retry
      where subscription = ? and part = any (?) and due_at <= now()
      limit ?
      """;
  private static final String FIRST =
      """
      select position, not given_up and coalesce(due_at <= now(), true) as due, attempts,
             key, message, source, topic, time, headers, payload
      from concordat.retry
      where subscription = ? and part = ? and key = ?
      order by position
      limit 1
      """;
  private static final String LOCK =
      """
      select from concordat.retry
      where subscription = ? and part = ? and position = ?
      for update
      """;
  private static final String LEAVE =
      "delete from concordat.retry where subscription = ? and part = ? and position = ?";
  private static final String NEXT_IS_DUE =
      """
      update concordat.retry set due_at = now()
      where subscription = ? and part = ?
        and position = (select min(position) from concordat.retry
                        where subscription = ? and part = ? and key = ?)
      """;
  private static final String AGAIN =
      """
      update concordat.retry
      set due_at = now() + make_interval(secs => ?), attempts = attempts || ?::text
      where subscription = ? and part = ? and position = ?
      """;
  private static final String GIVE_UP =
      """
      update concordat.retry set due_at = null, given_up = true
      where subscription = ? and part = ? and position = ?
      """;
  private static final String ONLY_FIRST_IS_DUE =
      """
      update concordat.retry set due_at = null
      where subscription = ? and part = ? and key = ? and position > ? and due_at is not null
      """;

  private final int subscription;

  Parked(int subscription) {
    this.subscription = subscription;
  }

  /// A key with something due.
  record Due(int part, String key) {}

  /// The first message of a parked key.
  record First(int part, long position, boolean due, List<String> attempts, Envelope message) {
    Broker.Logged logged() {
      return new Broker.Logged(part, position, message.time(), message);
    }
  }

  /// Parks a message.
  ///
  /// @param delay until it is tried again
  void park(Connection connection, Broker.Logged logged, Duration delay, List<String> attempts)
      throws SQLException {
    insert(connection, logged, delay, attempts, false);
  }

  /// Parks a message that was given up on: its key waits behind it.
  void parkForGood(Connection connection, Broker.Logged logged, List<String> attempts)
      throws SQLException {
    insert(connection, logged, null, attempts, true);
  }

  /// A message behind others of its key. When those have been skipped meanwhile, it is due itself.
  void parkBehind(Connection connection, Broker.Logged logged) throws SQLException {
    boolean behind = first(connection, logged.partition(), logged.message().key()).isPresent();
    insert(connection, logged, behind ? null : Duration.ZERO, List.of(), false);
  }

  private void insert(
      Connection connection,
      Broker.Logged logged,
      @Nullable Duration delay,
      List<String> attempts,
      boolean givenUp)
      throws SQLException {
    try (var insert = connection.prepareStatement(PARK)) {
      insert.setInt(1, subscription);
      insert.setInt(2, logged.partition());
      insert.setLong(3, logged.position());
      setSeconds(insert, 4, delay);
      insert.setArray(5, connection.createArrayOf("text", attempts.toArray()));
      insert.setBoolean(6, givenUp);
      insert.setString(7, logged.message().key());
      setEnvelope(insert, 8, logged.message());
      insert.executeUpdate();
    }
  }

  /// Sets message, source, topic, time, headers, payload.
  public static void setEnvelope(PreparedStatement to, int first, Envelope message)
      throws SQLException {
    to.setObject(first, message.id());
    to.setString(first + 1, message.source());
    to.setString(first + 2, message.topic());
    to.setObject(first + 3, message.time().atOffset(ZoneOffset.UTC));
    to.setString(first + 4, Headers.write(message.headers()));
    to.setBytes(first + 5, message.payload().toByteArray());
  }

  List<String> keys(Connection connection, int part) throws SQLException {
    try (var query = connection.prepareStatement(KEYS)) {
      query.setInt(1, subscription);
      query.setInt(2, part);
      List<String> keys = new ArrayList<>();
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          keys.add(rows.getString(1));
        }
      }
      return keys;
    }
  }

  List<Due> due(Connection connection, Collection<Integer> parts, int limit) throws SQLException {
    try (var query = connection.prepareStatement(DUE)) {
      query.setInt(1, subscription);
      query.setArray(2, connection.createArrayOf("int", parts.toArray()));
      query.setInt(3, limit);
      List<Due> due = new ArrayList<>();
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          due.add(new Due(rows.getInt(1), rows.getString(2)));
        }
      }
      return due;
    }
  }

  Optional<First> first(Connection connection, int part, String key) throws SQLException {
    try (var query = connection.prepareStatement(FIRST)) {
      query.setInt(1, subscription);
      query.setInt(2, part);
      query.setString(3, key);
      try (var row = query.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        String[] attempts = (String[]) row.getArray("attempts").getArray();
        return Optional.of(
            new First(
                part,
                row.getLong("position"),
                row.getBoolean("due"),
                List.of(attempts),
                LogRead.envelope(row, row.getString("topic"))));
      }
    }
  }

  /// The message was given up on, and its key waits behind it.
  void giveUp(Connection connection, First first) throws SQLException {
    try (var update = connection.prepareStatement(GIVE_UP)) {
      setPlace(update, 1, first);
      update.executeUpdate();
    }
  }

  /// Whether it is still there; if so, nobody else takes it before the transaction ends.
  boolean lock(Connection connection, First first) throws SQLException {
    try (var query = connection.prepareStatement(LOCK)) {
      setPlace(query, 1, first);
      try (var rows = query.executeQuery()) {
        return rows.next();
      }
    }
  }

  /// The message is gone; the next of its key is due at once.
  void leave(Connection connection, First first) throws SQLException {
    try (var delete = connection.prepareStatement(LEAVE)) {
      setPlace(delete, 1, first);
      delete.executeUpdate();
    }
    try (var update = connection.prepareStatement(NEXT_IS_DUE)) {
      update.setInt(1, subscription);
      update.setInt(2, first.part());
      update.setInt(3, subscription);
      update.setInt(4, first.part());
      update.setString(5, first.message().key());
      update.executeUpdate();
    }
  }

  /// The message is tried again later.
  void again(Connection connection, First first, Duration delay, String attempt)
      throws SQLException {
    try (var update = connection.prepareStatement(AGAIN)) {
      setSeconds(update, 1, delay);
      update.setString(2, attempt);
      setPlace(update, 3, first);
      update.executeUpdate();
    }
  }

  /// Takes the time away from messages behind the first: it came before them by a redrive.
  int waitBehind(Connection connection, First first) throws SQLException {
    try (var update = connection.prepareStatement(ONLY_FIRST_IS_DUE)) {
      update.setInt(1, subscription);
      update.setInt(2, first.part());
      update.setString(3, first.message().key());
      update.setLong(4, first.position());
      return update.executeUpdate();
    }
  }

  private void setPlace(PreparedStatement to, int at, First first) throws SQLException {
    to.setInt(at, subscription);
    to.setInt(at + 1, first.part());
    to.setLong(at + 2, first.position());
  }

  private static void setSeconds(PreparedStatement to, int at, @Nullable Duration duration)
      throws SQLException {
    if (duration == null) {
      to.setNull(at, Types.DOUBLE);
    } else {
      to.setDouble(at, duration.toMillis() / 1000.0);
    }
  }
}
