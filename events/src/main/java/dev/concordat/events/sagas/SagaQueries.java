package dev.concordat.events.sagas;

import com.google.protobuf.ByteString;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.log.Headers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What people ask of sagas, whatever their type, and do to them.
final class SagaQueries {
  private static final String STATE =
      """
      case when state = 'running' and waits_name is not null then 'WAITING'
           when state = 'compensating' then 'UNDOING'
           else upper(state) end
      """;

  private static final String LIST =
      """
      select *, %1$s as shown from concordat.saga
      where (?::text is null or type = ?)
        and case when cardinality(?::text[]) = 0 then finished_at is null
                 else %1$s = any (?) end
      order by number limit ?
      """
          .formatted(STATE);

  private static final String SHOW =
      "select *, %s as shown from concordat.saga where type = ? and id = ?".formatted(STATE);

  private static final String STEPS =
      """
      select kind, name, result_type, result, failure_code, failure_message, failure_reason, at
      from concordat.saga_step where saga = ? order by position
      """;

  private static final String RETRY =
      """
      update concordat.saga
      set state = case when failure_code is null then 'running' else 'compensating' end,
          due_at = clock_timestamp(), stuck_because = null
      where type = ? and id = ?
        and (state = 'stuck' or state = 'compensating' and worker is null and ?)
      """;

  private static final String END =
      """
      update concordat.saga
      set state = 'failed', finished_at = clock_timestamp(), ended_by = ?, ended_because = ?,
          failure_code = coalesce(failure_code, ?), failure_message = coalesce(failure_message, ?),
          failure_reason = 'SAGA_ENDED_BY_HAND', worker = null, token = token + 1,
          waits_name = null, waits_topic = null, waits_key = null, waits_until = null
      where type = ? and id = ? and state in ('stuck', 'compensating')
      """;

  private SagaQueries() {}

  /// The wish to end a saga by hand.
  record End(String type, String id, String by, String because) {}

  static List<SagaSummary> list(Connection connection, SagaFilter filter) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(LIST)) {
      var states =
          connection.createArrayOf("text", filter.states().stream().map(Enum::name).toArray());
      query.setString(1, filter.type().orElse(null));
      query.setString(2, filter.type().orElse(null));
      query.setArray(3, states);
      query.setArray(4, states);
      query.setInt(5, filter.limit());
      try (ResultSet rows = query.executeQuery()) {
        List<SagaSummary> sagas = new ArrayList<>();
        while (rows.next()) {
          sagas.add(summary(rows));
        }
        return sagas;
      }
    }
  }

  static Optional<SagaHistory> show(Connection connection, String type, String id)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(SHOW)) {
      query.setString(1, type);
      query.setString(2, id);
      try (ResultSet row = query.executeQuery()) {
        return row.next()
            ? Optional.of(
                new SagaHistory(
                    summary(row),
                    Objects.requireNonNull(instant(row, "timeout_at")),
                    Optional.ofNullable(row.getString("cancel_because")),
                    Optional.ofNullable(row.getString("ended_by"))
                        .map(by -> by + ": " + text(row, "ended_because")),
                    Headers.read(row.getString("headers")),
                    ByteString.copyFrom(row.getBytes("input")),
                    Optional.ofNullable(row.getBytes("outcome")).map(ByteString::copyFrom),
                    steps(connection, row.getLong("number"))))
            : Optional.empty();
      }
    }
  }

  static boolean retry(Connection connection, String type, String id) throws SQLException {
    return retry(connection, type, id, true);
  }

  static boolean retryStuck(Connection connection, String type, String id) throws SQLException {
    return retry(connection, type, id, false);
  }

  static boolean end(Connection connection, End end) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(END)) {
      update.setString(1, end.by());
      update.setString(2, end.because());
      update.setInt(3, Code.ABORTED.number());
      update.setString(4, end.because());
      update.setString(5, end.type());
      update.setString(6, end.id());
      return update.executeUpdate() == 1;
    }
  }

  private static boolean retry(Connection connection, String type, String id, boolean undo)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(RETRY)) {
      update.setString(1, type);
      update.setString(2, id);
      update.setBoolean(3, undo);
      return update.executeUpdate() == 1;
    }
  }

  private static List<SagaHistory.Step> steps(Connection connection, long saga)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(STEPS)) {
      query.setLong(1, saga);
      try (ResultSet row = query.executeQuery()) {
        List<SagaHistory.Step> steps = new ArrayList<>();
        while (row.next()) {
          String kind = row.getString("kind");
          steps.add(
              new SagaHistory.Step(
                  kind,
                  row.getString("name"),
                  text(row, "result_type"),
                  answer(kind, row),
                  RecordedFailure.read(row),
                  Objects.requireNonNull(instant(row, "at"))));
        }
        return steps;
      }
    }
  }

  private static Optional<ByteString> answer(String kind, ResultSet row) throws SQLException {
    Optional<ByteString> answer =
        Optional.ofNullable(row.getBytes("result")).map(ByteString::copyFrom);
    return kind.equals("wait") ? answer.map(SagaWaits::event) : answer;
  }

  private static SagaSummary summary(ResultSet row) throws SQLException {
    SagaState state = SagaState.valueOf(row.getString("shown"));
    Optional<SagaSummary.Wait> wait =
        state == SagaState.WAITING
            ? Optional.of(
                new SagaSummary.Wait(
                    row.getString("waits_name"),
                    text(row, "waits_topic"),
                    text(row, "waits_key"),
                    Objects.requireNonNull(instant(row, "waits_until"))))
            : Optional.empty();
    return new SagaSummary(
        row.getString("type"),
        row.getString("id"),
        state,
        Objects.requireNonNull(instant(row, "created_at")),
        Optional.ofNullable(instant(row, "finished_at")),
        wait,
        because(state, row),
        row.getInt("tries"));
  }

  private static String because(SagaState state, ResultSet row) throws SQLException {
    Optional<Failure> failure = RecordedFailure.read(row);
    String failed = failure.map(it -> it.code() + ": " + it.message()).orElse("");
    String trouble = text(row, "trouble");
    return switch (state) {
      case STUCK -> text(row, "stuck_because");
      case UNDOING -> trouble.isEmpty() ? failed : failed + "; the undo: " + trouble;
      case FAILED -> failed;
      case RUNNING, WAITING, COMPLETED -> "";
    };
  }

  private static String text(ResultSet row, String column) {
    try {
      return Objects.requireNonNullElse(row.getString(column), "");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
    return at == null ? null : at.toInstant();
  }
}
