package dev.concordat.events.sagas;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.concordat.core.Failure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/// What others say to a saga and ask of it: start, cancel, how did it end.
final class SagaStart {
  /// A saga that this process runs at once is its own from the beginning (token 1).
  private static final String START =
      """
      insert into concordat.saga
        (type, id, state, due_at, token, worker, timeout_at, headers, input, created_at)
      values (?, ?, 'running', clock_timestamp() + ?::interval, ?, ?,
              clock_timestamp() + ?::interval, ?, ?, clock_timestamp())
      on conflict (type, id) do nothing
      returning number
      """;

  private static final String CANCEL =
      """
      with found as (
        select number, state from concordat.saga where type = ? and id = ? for no key update),
      asked as (
        update concordat.saga s set cancel_because = coalesce(s.cancel_because, ?),
          due_at = case when s.waits_name is not null and s.worker is null
                        then clock_timestamp() else s.due_at end
        from found where s.number = found.number and found.state in ('running', 'stuck')
        returning s.number)
      select exists (select from asked) as asked from found
      """;

  private static final String LOOK =
      """
      select state, outcome, failure_code, failure_message, failure_reason
      from concordat.saga where type = ? and id = ?
      """;

  private SagaStart() {}

  /// Writes a new saga.
  ///
  /// @param worker who runs it at once; empty when whoever comes first shall
  /// @return its number; empty when there is one of this type and id
  static OptionalLong start(
      Connection connection, Wanted wanted, Optional<UUID> worker, Duration lease)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(START)) {
      insert.setString(1, wanted.type());
      insert.setString(2, wanted.id());
      insert.setString(3, worker.isPresent() ? lease.toString() : "PT0S");
      insert.setLong(4, worker.isPresent() ? 1 : 0);
      insert.setObject(5, worker.orElse(null));
      insert.setString(6, wanted.timeout().toString());
      insert.setString(7, wanted.headers());
      insert.setBytes(8, wanted.input().toByteArray());
      try (ResultSet rows = insert.executeQuery()) {
        return rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty();
      }
    }
  }

  static SagaCancel cancel(Connection connection, String type, String id, String because)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(CANCEL)) {
      update.setString(1, type);
      update.setString(2, id);
      update.setString(3, because);
      try (ResultSet rows = update.executeQuery()) {
        if (!rows.next()) {
          return SagaCancel.UNKNOWN;
        }
        return rows.getBoolean("asked") ? SagaCancel.REQUESTED : SagaCancel.TOO_LATE;
      }
    }
  }

  static Optional<State> look(Connection connection, String type, String id) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(LOOK)) {
      query.setString(1, type);
      query.setString(2, id);
      try (ResultSet rows = query.executeQuery()) {
        if (!rows.next()) {
          return Optional.empty();
        }
        byte[] outcome = rows.getBytes("outcome");
        return Optional.of(
            new State(
                rows.getString("state"),
                outcome == null ? ByteString.EMPTY : ByteString.copyFrom(outcome),
                RecordedFailure.read(rows)));
      }
    }
  }

  /// The wish for a saga.
  ///
  /// @param timeout of this one; empty for that of its type
  record Order(String type, String id, Message input, Optional<Duration> timeout) {}

  /// A saga that is to begin.
  record Wanted(String type, String id, Duration timeout, String headers, ByteString input) {}

  /// A saga as others see it.
  record State(String state, ByteString outcome, Optional<Failure> failure) {}
}
