package dev.concordat.events.sagas;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.concordat.contract.Owner;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.core.KeyScope;
import dev.concordat.core.Observation;
import dev.concordat.core.Observer.Activity;
import dev.concordat.core.Observer.Kind;
import dev.concordat.events.Parts;
import dev.concordat.events.Transaction;
import dev.concordat.events.sagas.SagaJournal.Entry;
import dev.concordat.events.sagas.SagaJournal.Next;
import dev.concordat.events.store.Database;
import dev.concordat.events.tasks.HeldLease;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One run of one saga's code: asks the journal what comes next, does it, records it.
///
/// Threads: the saga's own; only [#cancel] comes from others.
final class SagaRun<O extends Owner> {
  private static final int FIRST_UNDO = 1_000_000;
  private static final int COMPLETION = -1;

  private final Parts parts;
  private final Supplier<Transaction<O>> begin;
  private final SagaRow row;
  private final SagaOptions options;
  private final SagaProbe probe;
  private final SagaJournal journal;
  private final SagaStanding standing;
  private final Map<String, Saga.Doing> undos = new HashMap<>();
  private boolean recorded;

  SagaRun(Place<O> place, SagaRow row, SagaOptions options, HeldLease lease) {
    this.parts = place.parts();
    this.begin = place.begin();
    this.probe = place.probe();
    this.row = row;
    this.options = options;
    this.journal = new SagaJournal(row.past().done(), row.past().undone(), row.past().failing());
    this.standing =
        new SagaStanding(
            lease,
            place.stopping(),
            Deadline.after(row.left(), place.parts().clock()),
            row.cancelBecause());
  }

  /// Where sagas run.
  record Place<O extends Owner>(
      Parts parts, Supplier<Transaction<O>> begin, BooleanSupplier stopping, SagaProbe probe) {}

  /// The code and its input.
  @FunctionalInterface
  interface Body<O extends Owner> {
    Message run(Saga<O> saga) throws Exception;
  }

  /// Somebody in this process has cancelled the saga.
  void cancel(String because) {
    standing.cancel(because);
  }

  SagaRow row() {
    return row;
  }

  /// Runs the code to its end, then completes the saga or undoes it.
  ///
  /// @throws SagaInterrupted when it did not get that far
  void run(Body<O> body) {
    probe.reached("begin");
    Message outcome = null;
    Failure failure = null;
    try {
      outcome = body.run(new SagaView<>(this, options.stepBudget()));
    } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
      failure = RecordedFailure.of(e);
    }
    standing.requireRun();
    if (standing.concluded()) {
      return;
    }
    journal.end().ifPresent(this::stick);
    Failure why = standing.stopped().isPresent() ? standing.stopped().get() : failure;
    if (journal.failing()) {
      undoAll();
    } else if (why != null) {
      fail(why);
    } else if (outcome != null) {
      complete(outcome);
    } else {
      fail(Failure.of(Code.INTERNAL, "the saga's code returned nothing"));
    }
  }

  ByteString step(String name, Duration budget, Saga.Answering<?> code) {
    return at(
        SagaJournal.Kind.STEP,
        name,
        position -> {
          Entry entry =
              attempt(SagaJournal.Kind.STEP, name, budget, () -> code.run().toByteString());
          return record(position, entry);
        });
  }

  ByteString transact(String name, Duration budget, Saga.AnsweringIn<?, O> code) {
    return at(
        SagaJournal.Kind.TRANSACT,
        name,
        position -> {
          Entry entry =
              attempt(
                  SagaJournal.Kind.TRANSACT,
                  name,
                  budget,
                  () -> inTransaction(name, code, position));
          if (entry.failure().isPresent()) {
            return record(position, entry);
          }
          recorded = true;
          probe.reached("recorded " + name);
          return answer(entry);
        });
  }

  ByteString conclude(String name, Duration budget, Saga.AnsweringIn<?, O> code) {
    return at(
        SagaJournal.Kind.TRANSACT,
        name,
        position -> {
          Entry entry =
              attempt(
                  SagaJournal.Kind.TRANSACT,
                  name,
                  budget,
                  () -> inTransaction(name, code, COMPLETION));
          if (entry.failure().isPresent()) {
            return record(position, entry);
          }
          probe.reached("recorded " + name);
          standing.conclude();
          return answer(entry);
        });
  }

  void undo(String name, Saga.Doing code) {
    standing.check();
    journal.undo(name).ifPresent(this::stick);
    undos.put(name, code);
  }

  /// Only where it is certain that nothing has begun after it: a run that came after a crash cannot
  /// know that before its first own step, and leaves the decision to that.
  void check() {
    standing.check();
    boolean certain = row.token() == 1 || recorded;
    if (journal.caughtUp() && !journal.failing() && certain) {
      standing.stopIfAsked();
    }
  }

  String id() {
    return row.id();
  }

  private interface Execution {
    ByteString at(int position);
  }

  private ByteString at(SagaJournal.Kind kind, String name, Execution execution) {
    standing.check();
    return switch (journal.next(kind, name)) {
      case Next.Answer answer -> answer.answer();
      case Next.Fail fail -> throw fail.failure();
      case Next.Leave leave -> throw standing.stop(leave.failure());
      case Next.Misfit misfit -> throw stick(misfit);
      case Next.Execute execute -> {
        standing.stopIfAsked();
        yield execution.at(execute.position());
      }
    };
  }

  /// Does it, within the budget, and says what to record.
  private Entry attempt(
      SagaJournal.Kind kind, String name, Duration budget, Callable<ByteString> code) {
    try (Observation observation = observe(name, Context.current())) {
      probe.reached("before " + name);
      Context context =
          observation
              .context()
              .withObservation(observation)
              .withDeadline(Deadline.after(budget, parts.clock()).earlier(standing.timeout()))
              .withCancellation(standing.lease().cancellation())
              .withoutIdempotencyKey();
      try {
        ByteString answer =
            StepTries.run(parts.clock(), () -> scoped(context, name), standing::requireHold, code);
        probe.reached("after " + name);
        return new Entry(kind, name, Optional.of(answer), Optional.empty());
      } catch (Failure e) {
        standing.check();
        observation.failed(e);
        return new Entry(kind, name, Optional.empty(), Optional.of(RecordedFailure.of(e)));
      }
    }
  }

  /// Effect, record and (at the conclusion) the end of the saga in one transaction.
  private ByteString inTransaction(String name, Saga.AnsweringIn<?, O> code, int position)
      throws Exception {
    ByteString answer = ByteString.EMPTY;
    boolean committing = false;
    try (Transaction<O> tx = begin.get()) {
      answer = code.run(tx).toByteString();
      probe.reached("inside " + name);
      write(tx, name, answer, position);
      committing = true;
      tx.commit();
      return answer;
    } catch (RuntimeException e) {
      if (committing && happened(position)) {
        return answer;
      }
      throw e;
    }
  }

  private void write(Transaction<O> tx, String name, ByteString answer, int position)
      throws SQLException {
    Entry entry = new Entry(SagaJournal.Kind.TRANSACT, name, Optional.of(answer), Optional.empty());
    SagaRecord.Written written =
        position == COMPLETION
            ? SagaRecord.complete(tx.connection(), row, answer, false)
            : SagaRecord.step(tx.connection(), row, position, entry, false);
    if (!written.mine()) {
      throw standing.interrupt(new SagaInterrupted.Why.Lost());
    }
    if (!written.recorded()) {
      throw standing.stop(SagaStanding.cancelled(written.cancelBecause().orElse("")));
    }
  }

  private boolean happened(int position) {
    try {
      return parts.database().transact(c -> SagaRecord.happened(c, row, position));
    } catch (Failure e) {
      throw standing.interrupt(new SagaInterrupted.Why.GivenBack());
    }
  }

  private ByteString record(int position, Entry entry) {
    SagaRecord.Written written = database(c -> SagaRecord.step(c, row, position, entry, true));
    if (!written.mine()) {
      throw standing.interrupt(new SagaInterrupted.Why.Lost());
    }
    recorded = true;
    written.cancelBecause().ifPresent(this::cancel);
    probe.reached("recorded " + entry.name());
    return answer(entry);
  }

  private static ByteString answer(Entry entry) {
    entry
        .failure()
        .ifPresent(failure -> {
          throw failure;
        });
    return entry.answer().orElse(ByteString.EMPTY);
  }

  private void complete(Message outcome) {
    if (!database(c -> SagaRecord.complete(c, row, outcome.toByteString(), true)).mine()) {
      throw standing.interrupt(new SagaInterrupted.Why.Lost());
    }
    probe.reached("completed");
  }

  private void fail(Failure failure) {
    boolean nothingToUndo = journal.toUndo().isEmpty();
    if (!database(c -> SagaRecord.fail(c, row, failure, nothingToUndo))) {
      throw standing.interrupt(new SagaInterrupted.Why.Lost());
    }
    Context.current().observation().failed(failure);
    probe.reached("failing");
    if (!nothingToUndo) {
      undoAll();
    }
  }

  private void undoAll() {
    int tries = row.tries();
    int position = FIRST_UNDO + row.past().undone().size();
    for (String name : journal.toUndo()) {
      undoOne(name, tries);
      Entry entry = new Entry(SagaJournal.Kind.UNDO, name, Optional.empty(), Optional.empty());
      record(position++, entry);
      tries = 0;
    }
    if (!database(c -> SagaRecord.undone(c, row))) {
      throw standing.interrupt(new SagaInterrupted.Why.Lost());
    }
    probe.reached("undone");
  }

  private void undoOne(String name, int tries) {
    Deadline deadline = Deadline.after(options.undoBudget(), parts.clock());
    Context context =
        Context.detached("saga undo", deadline)
            .withCancellation(standing.lease().cancellation())
            .withKeyScope(scope("undo/" + name));
    try (Observation observation = observe(name, context)) {
      probe.reached("before " + name);
      Saga.Doing undo = Objects.requireNonNull(undos.get(name));
      try {
        observation.context().call(() -> run(undo));
        probe.reached("after " + name);
      } catch (Exception e) {
        observation.failed(e);
        standing.requireHold();
        Duration delay = options.undoBackoff().after(tries + 1, ThreadLocalRandom.current());
        var _ = database(c -> SagaRecord.giveBack(c, row, delay, tries + 1));
        throw standing.interrupt(new SagaInterrupted.Why.Waiting(delay));
      }
    }
  }

  private static boolean run(Saga.Doing undo) throws Exception {
    undo.run();
    return true;
  }

  private SagaInterrupted stick(Next.Misfit misfit) {
    throw standing.interrupt(new SagaInterrupted.Why.Stuck(misfit.because()));
  }

  /// A database that does not answer ends the run; another one reads what was recorded.
  private <T extends @Nullable Object> T database(Database.Work<T> work) {
    boolean wasInterrupted = Thread.interrupted();
    try {
      return parts.database().transact(work);
    } catch (Failure e) {
      throw standing.interrupt(new SagaInterrupted.Why.GivenBack());
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// One that counts anew: each try makes the same calls under the same keys.
  private Context scoped(Context context, String name) {
    return context.withKeyScope(scope(name));
  }

  private KeyScope scope(String name) {
    return KeyScope.of("saga/" + row.type() + "/" + key(name));
  }

  private String key(String name) {
    return row.id() + "/" + name;
  }

  private Observation observe(String name, Context context) {
    return parts
        .observer()
        .begin(
            new Activity(
                Kind.INTERNAL,
                "step " + row.type() + "/" + name,
                context,
                Map.of("concordat.key", key(name))));
  }
}
