package dev.concordat.events.sagas;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.store.SqlFailures;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/// What is kept of a failure: code, message and reason. A saga sees the same when it happens and
/// when it is read from the record.
final class RecordedFailure {
  private RecordedFailure() {}

  static Failure of(Throwable failure) {
    return switch (failure) {
      case Failure f ->
          Failure.of(f.code(), f.message(), f)
              .with(Failure.Details.NONE.withReason(f.details().reason()));
      case SQLException e -> SqlFailures.of(e);
      default ->
          Failure.of(Code.INTERNAL, failure.getClass().getSimpleName() + " in a saga", failure);
    };
  }

  /// Sets three parameters from this index on.
  static void set(PreparedStatement statement, int index, Optional<Failure> failure)
      throws SQLException {
    statement.setObject(
        index, failure.map(f -> f.code().number()).orElse(null), java.sql.Types.SMALLINT);
    statement.setString(
        index + 1, failure.map(Failure::message).map(RecordedFailure::text).orElse(null));
    statement.setString(index + 2, failure.map(f -> f.details().reason()).orElse(null));
  }

  static Optional<Failure> read(ResultSet row) throws SQLException {
    int code = row.getInt("failure_code");
    if (row.wasNull()) {
      return Optional.empty();
    }
    return Optional.of(
        Failure.of(Code.of(code), row.getString("failure_message"))
            .with(Failure.Details.NONE.withReason(row.getString("failure_reason"))));
  }

  /// PostgreSQL's text holds no zero byte.
  static String text(String message) {
    return message.replace("\0", "");
  }
}
