package dev.concordat.events.sagas;

import com.google.protobuf.ByteString;
import dev.concordat.contract.Owner;
import dev.concordat.core.Failure;
import dev.concordat.events.Transaction;
import dev.concordat.events.sagas.SagaJournal.Entry;
import dev.concordat.events.store.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Writes what the run of a saga does, and ends the run when the saga is no longer its own.
///
/// Threads: the saga's own.
final class SagaLedger {
  /// In place of a position: the saga's end.
  static final int COMPLETION = -1;

  private final Database database;
  private final SagaRow row;
  private final SagaStanding standing;
  private final SagaProbe probe;
  private boolean recorded;

  SagaLedger(Database database, SagaRow row, SagaStanding standing, SagaProbe probe) {
    this.database = database;
    this.row = row;
    this.standing = standing;
    this.probe = probe;
  }

  /// Whether it is certain that nothing has begun of which nothing is recorded. A run that came
  /// after a crash cannot know that before its first own record.
  boolean certain() {
    return row.token() == 1 || recorded;
  }

  /// Records a step, an undo or a change.
  ///
  /// @return the answer; the failure is thrown
  ByteString record(int position, Entry entry) {
    SagaRecord.Written written = write(c -> SagaRecord.step(c, row, position, entry, true));
    requireMine(written.mine());
    recorded = true;
    written.cancelBecause().ifPresent(standing::cancel);
    probe.reached("recorded " + entry.name());
    return answer(entry);
  }

  /// Records a step, or the saga's end, in the transaction of its effect.
  void record(Transaction<? extends Owner> tx, int position, Entry entry) throws SQLException {
    SagaRecord.Written written =
        position == COMPLETION
            ? SagaRecord.complete(
                tx.connection(), row, entry.answer().orElse(ByteString.EMPTY), false)
            : SagaRecord.step(tx.connection(), row, position, entry, false);
    requireMine(written.mine());
    if (!written.recorded()) {
      throw standing.stop(SagaStanding.cancelled(written.cancelBecause().orElse("")));
    }
  }

  /// The transaction of a step has been committed.
  ByteString committed(Entry entry) {
    recorded = true;
    probe.reached("recorded " + entry.name());
    return answer(entry);
  }

  /// Whether a commit of which nothing was heard has happened.
  boolean happened(int position) {
    try {
      return database.transact(c -> SagaRecord.happened(c, row, position));
    } catch (Failure | Error e) {
      throw standing.giveBack(e);
    }
  }

  /// What the saga waited for has come by now; or it has waited long enough; or it leaves this
  /// process until then.
  ByteString await(int position, SagaWaits.Wanted wanted) {
    return switch (write(c -> SagaWaits.await(c, row, position, wanted))) {
      case SagaWaits.Came.Lost() -> throw standing.interrupt(new SagaInterrupted.Why.Lost());
      case SagaWaits.Came.Cancelled(String because) ->
          throw standing.stop(SagaStanding.cancelled(because));
      case SagaWaits.Came.Parked(Duration left) -> {
        probe.reached("parked " + wanted.name());
        throw standing.interrupt(new SagaInterrupted.Why.Waiting(left));
      }
      case SagaWaits.Came.Over(ByteString answer) -> {
        recorded = true;
        probe.reached("recorded " + wanted.name());
        yield answer;
      }
    };
  }

  void complete(ByteString outcome) {
    requireMine(write(c -> SagaRecord.complete(c, row, outcome, true)).mine());
    probe.reached("completed");
  }

  void fail(Failure failure, boolean ended) {
    requireMine(write(c -> SagaRecord.fail(c, row, failure, ended)));
    probe.reached("failing");
  }

  void undone() {
    requireMine(write(c -> SagaRecord.undone(c, row)));
    probe.reached("undone");
  }

  /// An undo has failed: another try after this time, wherever.
  SagaInterrupted waitForUndo(Duration delay, int tries, Failure why) {
    var _ = write(c -> SagaRecord.undoFailed(c, row, new SagaRecord.FailedUndo(delay, tries, why)));
    throw standing.interrupt(new SagaInterrupted.Why.Waiting(delay));
  }

  static ByteString answer(Entry entry) {
    entry
        .failure()
        .ifPresent(failure -> {
          throw failure;
        });
    return entry.answer().orElse(ByteString.EMPTY);
  }

  static Entry entry(SagaJournal.Kind kind, StepPlan step, ByteString answer) {
    return new Entry(kind, step.name(), step.answer(), Optional.of(answer), Optional.empty());
  }

  private void requireMine(boolean mine) {
    if (!mine) {
      throw standing.interrupt(new SagaInterrupted.Why.Lost());
    }
  }

  /// A database that does not answer ends the run; another one reads what was recorded. So does an
  /// error on our way there, which says nothing about the step.
  private <T extends @Nullable Object> T write(Work<T> work) {
    boolean wasInterrupted = Thread.interrupted();
    try {
      return database.transact(work::run);
    } catch (Failure | Error e) {
      throw standing.giveBack(e);
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private interface Work<T extends @Nullable Object> {
    T run(Connection connection) throws SQLException;
  }
}
