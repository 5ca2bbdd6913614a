package dev.concordat.events.sagas;

import com.google.protobuf.ByteString;
import dev.concordat.core.Failure;
import dev.concordat.events.sagas.SagaJournal.Entry;
import dev.concordat.events.sagas.SagaJournal.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// What the run of a saga writes. Each statement locks the saga's row and names the token of the
/// claim: when the saga has gone to another process, nothing is written.
final class SagaRecord {
  private static final String STEP =
      """
      with mine as materialized (
        select number, cancel_because from concordat.saga
        where number = ? and token = ? and state in ('running', 'compensating')
        for no key update),
      step as (
        insert into concordat.saga_step
          (saga, position, kind, name, result_type, result,
           failure_code, failure_message, failure_reason, at)
        select number, ?, ?, ?, ?, ?, ?, ?, ?, clock_timestamp() from mine
        where ? or cancel_because is null
        returning saga)
      select cancel_because, exists (select from step) as recorded from mine
      """;

  private static final String COMPLETE =
      """
      with mine as materialized (
        select number, cancel_because from concordat.saga
        where number = ? and token = ? and state = 'running'
        for no key update),
      completed as (
        update concordat.saga s
        set state = 'completed', outcome = ?, finished_at = clock_timestamp()
        from mine where s.number = mine.number and (? or mine.cancel_because is null)
        returning s.number)
      select cancel_because, exists (select from completed) as recorded from mine
      """;

  private static final String FAIL =
      """
      update concordat.saga
      set state = ?, failure_code = ?, failure_message = ?, failure_reason = ?, waits_name = null,
          waits_topic = null, waits_key = null, waits_until = null,
          finished_at = case when ? then clock_timestamp() end
      where number = ? and token = ? and state = 'running'
      """;

  private static final String UNDONE =
      """
      update concordat.saga set state = 'failed', finished_at = clock_timestamp()
      where number = ? and token = ? and state = 'compensating'
      """;

  /// The next process to look has another token; so has this one, if it is this one.
  private static final String GIVE_BACK =
      """
      update concordat.saga
      set due_at = clock_timestamp() + ?::interval, tries = ?, worker = null, token = token + 1
      where number = ? and token = ? and state in ('running', 'compensating')
      """;

  private static final String UNDO_FAILED =
      """
      update concordat.saga
      set due_at = clock_timestamp() + ?::interval, tries = ?, trouble = ?, worker = null,
          token = token + 1
      where number = ? and token = ? and state = 'compensating'
      """;

  private static final String STUCK =
      """
      update concordat.saga set state = 'stuck', stuck_because = ?, worker = null, token = token + 1
      where number = ? and token = ? and state in ('running', 'compensating')
      """;

  private static final String WAIT_FOR_ROW =
      "select state from concordat.saga where number = ? for no key update";

  private static final String HAS_STEP =
      "select exists (select from concordat.saga_step where saga = ? and position = ?)";

  private SagaRecord() {}

  /// What came of writing.
  ///
  /// @param mine whether the saga is still this run's
  /// @param recorded whether it was written
  /// @param cancelBecause why the saga was cancelled; empty when it was not
  record Written(boolean mine, boolean recorded, Optional<String> cancelBecause) {
    static final Written LOST = new Written(false, false, Optional.empty());
  }

  /// Records a step or undo.
  ///
  /// @param evenCancelled whether to record it also when the saga was cancelled meanwhile
  static Written step(
      Connection connection, SagaRow saga, int position, Entry entry, boolean evenCancelled)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(STEP)) {
      insert.setLong(1, saga.number());
      insert.setLong(2, saga.token());
      insert.setInt(3, position);
      insert.setString(4, name(entry.kind()));
      insert.setString(5, entry.name());
      insert.setString(6, entry.type().isEmpty() ? null : entry.type());
      insert.setBytes(7, entry.answer().map(ByteString::toByteArray).orElse(null));
      RecordedFailure.set(insert, 8, entry.failure());
      insert.setBoolean(11, evenCancelled);
      return written(insert);
    }
  }

  static Written complete(
      Connection connection, SagaRow saga, ByteString outcome, boolean evenCancelled)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(COMPLETE)) {
      update.setLong(1, saga.number());
      update.setLong(2, saga.token());
      update.setBytes(3, outcome.toByteArray());
      update.setBoolean(4, evenCancelled);
      return written(update);
    }
  }

  /// Writes that the saga fails: it compensates, or has ended when there is nothing to undo.
  static boolean fail(Connection connection, SagaRow saga, Failure failure, boolean ended)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(FAIL)) {
      update.setString(1, ended ? "failed" : "compensating");
      RecordedFailure.set(update, 2, Optional.of(failure));
      update.setBoolean(5, ended);
      update.setLong(6, saga.number());
      update.setLong(7, saga.token());
      return update.executeUpdate() == 1;
    }
  }

  /// Writes that everything is undone.
  static boolean undone(Connection connection, SagaRow saga) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(UNDONE)) {
      update.setLong(1, saga.number());
      update.setLong(2, saga.token());
      return update.executeUpdate() == 1;
    }
  }

  /// Lets go of the saga; it is looked at again after this time.
  static boolean giveBack(Connection connection, SagaRow saga, Duration delay, int tries)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(GIVE_BACK)) {
      update.setString(1, delay.toString());
      update.setInt(2, tries);
      update.setLong(3, saga.number());
      update.setLong(4, saga.token());
      return update.executeUpdate() == 1;
    }
  }

  /// An undo that failed.
  ///
  /// @param delay until the next try
  /// @param tries so far
  record FailedUndo(Duration delay, int tries, Failure why) {}

  /// Lets go of the saga until the next try of its undo.
  static boolean undoFailed(Connection connection, SagaRow saga, FailedUndo undo)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(UNDO_FAILED)) {
      update.setString(1, undo.delay().toString());
      update.setInt(2, undo.tries());
      update.setString(3, RecordedFailure.text(undo.why().code() + ": " + undo.why().message()));
      update.setLong(4, saga.number());
      update.setLong(5, saga.token());
      return update.executeUpdate() == 1;
    }
  }

  static boolean stuck(Connection connection, SagaRow saga, String because) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(STUCK)) {
      update.setString(1, because);
      update.setLong(2, saga.number());
      update.setLong(3, saga.token());
      return update.executeUpdate() == 1;
    }
  }

  /// Whether a commit of which nothing was heard has happened. Waits for it when it still may: it
  /// holds the saga's row.
  ///
  /// @param position of the step; negative to ask for the saga's completion
  static boolean happened(Connection connection, SagaRow saga, int position) throws SQLException {
    String state;
    try (PreparedStatement wait = connection.prepareStatement(WAIT_FOR_ROW)) {
      wait.setLong(1, saga.number());
      try (ResultSet rows = wait.executeQuery()) {
        state = rows.next() ? rows.getString(1) : "";
      }
    }
    if (position < 0) {
      return state.equals("completed");
    }
    try (PreparedStatement query = connection.prepareStatement(HAS_STEP)) {
      query.setLong(1, saga.number());
      query.setInt(2, position);
      try (ResultSet rows = query.executeQuery()) {
        rows.next();
        return rows.getBoolean(1);
      }
    }
  }

  static String name(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static Written written(PreparedStatement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      return rows.next()
          ? new Written(
              true,
              rows.getBoolean("recorded"),
              Optional.ofNullable(rows.getString("cancel_because")))
          : Written.LOST;
    }
  }
}
