package dev.concordat.events.sagas;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
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
import dev.concordat.events.tasks.HeldLease;
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
  private static final ByteString PATCHED = ByteString.copyFromUtf8("1");

  private final Parts parts;
  private final Supplier<Transaction<O>> begin;
  private final SagaRow row;
  private final SagaOptions options;
  private final SagaProbe probe;
  private final SagaMessages messages;
  private final SagaJournal journal;
  private final SagaStanding standing;
  private final SagaLedger ledger;
  private final Map<String, Saga.Doing> undos = new HashMap<>();

  SagaRun(Place<O> place, SagaRow row, SagaOptions options, HeldLease lease) {
    this.parts = place.parts();
    this.begin = place.begin();
    this.probe = place.probe();
    this.messages = place.messages();
    this.row = row;
    this.options = options;
    SagaRow.Past past = row.past();
    this.journal = new SagaJournal(past.done(), past.undone(), past.failing(), past.waits());
    this.standing =
        new SagaStanding(
            lease,
            place.stopping(),
            Deadline.after(row.left(), place.parts().clock()),
            row.cancelBecause());
    this.ledger = new SagaLedger(parts.database(), row, standing, probe);
  }

  /// Where sagas run.
  record Place<O extends Owner>(
      Parts parts,
      Supplier<Transaction<O>> begin,
      BooleanSupplier stopping,
      SagaProbe probe,
      SagaMessages messages) {}

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
    ByteString outcome = null;
    Failure failure = null;
    try {
      outcome = ended(body.run(new SagaView<>(this, options.stepBudget(), StepRetry.DEFAULT)));
    } catch (SagaInterrupted e) {
      throw e;
    } catch (Throwable e) {
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
      ledger.complete(outcome);
    } else {
      fail(Failure.of(Code.INTERNAL, "the saga's code returned nothing"));
    }
  }

  /// What the code returned, as it is recorded; null when it returned nothing, or has concluded.
  private @Nullable ByteString ended(@Nullable Message outcome) {
    if (outcome == null || standing.concluded()) {
      return null;
    }
    try {
      return kept(outcome);
    } catch (Failure e) {
      if (e.code() == Code.UNAVAILABLE) { // everything was done; it is only not written down yet
        throw standing.giveBack(e);
      }
      throw e;
    }
  }

  ByteString step(StepPlan step, Saga.Answering<?> code) {
    return at(
        SagaJournal.Kind.STEP,
        step.name(),
        step.answer(),
        position -> {
          Entry entry = attempt(SagaJournal.Kind.STEP, step, () -> kept(code.run()));
          return ledger.record(position, entry);
        });
  }

  ByteString transact(StepPlan step, Saga.AnsweringIn<?, O> code) {
    return at(
        SagaJournal.Kind.TRANSACT,
        step.name(),
        step.answer(),
        position -> {
          Entry entry =
              attempt(SagaJournal.Kind.TRANSACT, step, () -> inTransaction(step, code, position));
          return entry.failure().isPresent()
              ? ledger.record(position, entry)
              : ledger.committed(entry);
        });
  }

  ByteString conclude(StepPlan step, Saga.AnsweringIn<?, O> code) {
    return at(
        SagaJournal.Kind.TRANSACT,
        step.name(),
        step.answer(),
        position -> {
          Entry entry =
              attempt(
                  SagaJournal.Kind.TRANSACT,
                  step,
                  () -> inTransaction(step, code, SagaLedger.COMPLETION));
          if (entry.failure().isPresent()) {
            return ledger.record(position, entry);
          }
          probe.reached("recorded " + step.name());
          standing.conclude();
          return SagaLedger.answer(entry);
        });
  }

  ByteString await(SagaWaits.Wanted wanted) {
    return at(
        wanted.kind(), wanted.name(), wanted.answer(), position -> ledger.await(position, wanted));
  }

  /// Whether this saga goes the new way.
  boolean patched(String name) {
    standing.check();
    return switch (journal.patch(name, ledger.certain())) {
      case Next.Answer answer -> !answer.answer().isEmpty();
      case Next.Misfit misfit -> throw stick(misfit);
      case Next.Execute execute -> {
        StepPlan mark = new StepPlan(name, "", options.stepBudget(), StepRetry.NEVER);
        var _ =
            ledger.record(
                execute.position(), SagaLedger.entry(SagaJournal.Kind.PATCH, mark, PATCHED));
        yield true;
      }
      case Next.Fail fail -> throw fail.failure();
      case Next.Leave leave -> throw standing.stop(leave.failure());
    };
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
    if (journal.caughtUp() && !journal.failing() && ledger.certain()) {
      standing.stopIfAsked();
    }
  }

  String id() {
    return row.id();
  }

  void requireListening(String topic) {
    if (!messages.listens(topic)) {
      throw stick(
          "the code waits for "
              + topic
              + ", which nobody listens to; say sagas().listen for it before the start");
    }
  }

  /// The code has to do with this message.
  void seen(Descriptor type) {
    messages.add(type);
  }

  /// The record does not fit the code.
  SagaInterrupted stick(String because) {
    throw standing.interrupt(new SagaInterrupted.Why.Stuck(because));
  }

  /// A recorded answer with its personal data.
  <M extends Message> M open(M answer) {
    try {
      return SagaReading.open(parts.personal(), answer);
    } catch (SagaInterrupted e) {
      throw standing.interrupt(e.why());
    }
  }

  /// An answer as it is recorded.
  private ByteString kept(Message answer) {
    return parts.personal().seal(answer).toByteString();
  }

  private interface Execution {
    ByteString at(int position);
  }

  private ByteString at(
      SagaJournal.Kind kind, String name, String answerType, Execution execution) {
    standing.check();
    return switch (journal.next(kind, name, answerType)) {
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
  private Entry attempt(SagaJournal.Kind kind, StepPlan step, Callable<ByteString> code) {
    String name = step.name();
    StepTries tries = new StepTries(parts.clock(), step.retry(), standing::requireHold);
    try (Observation observation = observe(name, Context.current())) {
      probe.reached("before " + name);
      Context context =
          observation
              .context()
              .withObservation(observation)
              .withDeadline(
                  Deadline.after(step.budget(), parts.clock()).earlier(standing.timeout()))
              .withCancellation(standing.lease().cancellation())
              .withoutIdempotencyKey();
      try {
        ByteString answer = tries.run(() -> scoped(context, name), code);
        probe.reached("after " + name);
        return SagaLedger.entry(kind, step, answer);
      } catch (Failure e) {
        standing.check();
        observation.failed(e);
        return new Entry(
            kind, name, step.answer(), Optional.empty(), Optional.of(RecordedFailure.of(e)));
      }
    }
  }

  /// Effect, record and (at the conclusion) the end of the saga in one transaction.
  private ByteString inTransaction(StepPlan step, Saga.AnsweringIn<?, O> code, int position)
      throws Exception {
    ByteString answer = ByteString.EMPTY;
    boolean committing = false;
    try (Transaction<O> tx = begin.get()) {
      answer = kept(code.run(tx));
      probe.reached("inside " + step.name());
      ledger.record(tx, position, SagaLedger.entry(SagaJournal.Kind.TRANSACT, step, answer));
      committing = true;
      tx.commit();
      return answer;
    } catch (RuntimeException | Error e) {
      if (committing && ledger.happened(position)) {
        return answer;
      }
      throw e;
    }
  }

  private void fail(Failure failure) {
    boolean nothingToUndo = journal.toUndo().isEmpty();
    ledger.fail(failure, nothingToUndo);
    Context.current().observation().failed(failure);
    if (!nothingToUndo) {
      undoAll();
    }
  }

  private void undoAll() {
    int tries = row.tries();
    int position = FIRST_UNDO + row.past().undone().size();
    for (String name : journal.toUndo()) {
      undoOne(name, tries);
      var _ =
          ledger.record(
              position++,
              new Entry(SagaJournal.Kind.UNDO, name, "", Optional.empty(), Optional.empty()));
      tries = 0;
    }
    ledger.undone();
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
        throw ledger.waitForUndo(delay, tries + 1, RecordedFailure.of(e));
      }
    }
  }

  private static boolean run(Saga.Doing undo) throws Exception {
    undo.run();
    return true;
  }

  private SagaInterrupted stick(Next.Misfit misfit) {
    throw stick(misfit.because());
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
