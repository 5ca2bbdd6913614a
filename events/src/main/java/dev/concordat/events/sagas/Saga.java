package dev.concordat.events.sagas;

import com.google.protobuf.Message;
import dev.concordat.contract.Event;
import dev.concordat.contract.Owner;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.Transaction;
import java.time.Duration;
import java.util.Optional;

/// What a saga's code does its work with. The code is plain Java that runs again from its beginning
/// after a crash; every step that was recorded then answers from the record instead of running. So
/// what the code does between steps depends only on its input and on the steps' answers: no clock,
/// no random number, no reading of a database outside of a step.
///
/// Names are unique within a saga and stay the same as long as sagas of this type run; a saga whose
/// record does not fit the code is stopped and shown as stuck, never guessed at.
///
/// Threads: one, the saga's own.
///
/// Failure: a failed step throws its [dev.concordat.core.Failure]; the same one when the code runs
/// again. The code may catch it and go on. A failure that leaves the code runs the undos, last one
/// first, and the saga ends failed with it.
///
/// Guarantee: a step runs at least once, its calls always with the same idempotency keys, which a
/// called service turns into once; a transacted step's effect happens exactly once.
///
/// Source: Garcia-Molina and Salem, Sagas, SIGMOD 1987.
///
/// @param <O> the owner
public interface Saga<O extends Owner> {
  /// The saga's id, as given at its start.
  String id();

  /// Does something once and remembers the answer.
  ///
  /// While it fails with a code that may pass (`UNAVAILABLE`, `ABORTED`, `RESOURCE_EXHAUSTED`,
  /// `DEADLINE_EXCEEDED`), it is tried again within its budget; see [#within] and [#retrying]. A
  /// [dev.concordat.events.Dead] ends the tries at once, with `FAILED_PRECONDITION`.
  ///
  /// @param answer default instance of what the code returns
  <R extends Message> R step(String name, R answer, Answering<R> code);

  /// Does something once that has no answer.
  void step(String name, Doing code);

  /// Does something in a database transaction that also records it: the effect happens exactly
  /// once. Refused with `CANCELLED` when the saga was cancelled before it commits.
  void transact(String name, DoingIn<O> code);

  /// The same, with an answer.
  ///
  /// @param answer default instance of what the code returns
  <R extends Message> R transact(String name, R answer, AnsweringIn<R, O> code);

  /// The last step: effect, record and the saga's own end in one transaction, so that from its
  /// commit on the saga is completed and can no longer be cancelled. Return what it returns.
  <R extends Message> R conclude(String name, AnsweringIn<R, O> code);

  /// Says how to take something back when the saga fails later. Comes before the step it undoes,
  /// because the outcome of that step may stay unknown; so it must bear that there is nothing to
  /// undo, and being run twice. Tried until it succeeds, with the idempotency key `<saga
  /// id>/<name>`.
  void undo(String name, Doing code);

  /// The same saga, whose steps have this long, all their tries together.
  Saga<O> within(Duration budget);

  /// The same saga, whose steps are tried again like this.
  Saga<O> retrying(StepRetry retry);

  /// Waits for an event: the oldest one of this type and key that came since the saga was started
  /// and that it has not waited for already. It may have come before the code gets here. The type
  /// must be listened to: [Sagas#listen].
  ///
  /// While it waits, the saga takes no thread and no lease, in no process; any process goes on with
  /// it when the event comes.
  ///
  /// @param key of the event, as its contract says
  /// @param atMost how long, from the first arrival here; the saga's own timeout counts too
  /// @return empty when the event did not come in time
  <E extends Event<?>> Optional<E> waitFor(
      String name, Class<E> event, String key, Duration atMost);

  /// The same; an event that does not come in time is a failure: `DEADLINE_EXCEEDED`, reason
  /// `SAGA_EVENT_MISSING`.
  default <E extends Event<?>> E require(String name, Class<E> event, String key, Duration atMost) {
    return waitFor(name, event, key, atMost)
        .orElseThrow(() ->
            Failure.of(
                    Code.DEADLINE_EXCEEDED,
                    event.getSimpleName() + " of \"" + key + "\" did not come in " + atMost)
                .with(Failure.Details.NONE.withReason("SAGA_EVENT_MISSING")));
  }

  /// Goes on after this time, in whatever process; takes no thread until then.
  void sleep(String name, Duration time);

  /// Whether this saga is of the changed code: put the new way into `if (saga.patched("…"))` and
  /// leave the old one in `else` as long as sagas run that went it. A saga that has passed this
  /// place on the old way, or may have, gets false; any other one true, and stays with that.
  ///
  /// @param name of the change; shares the namespace of the steps
  boolean patched(String name);

  /// Ends the saga here when it was cancelled or has run out of time. Every step does so before it
  /// begins.
  void check();

  /// Code without an answer.
  @FunctionalInterface
  interface Doing {
    /// Does it, in a context with deadline and idempotency key.
    void run() throws Exception;
  }

  /// Code with an answer.
  @FunctionalInterface
  interface Answering<R extends Message> {
    /// Does it, in a context with deadline and idempotency key.
    R run() throws Exception;
  }

  /// Code in a transaction, without an answer.
  @FunctionalInterface
  interface DoingIn<O extends Owner> {
    /// Does it.
    ///
    /// @param tx committed by the saga
    void run(Transaction<O> tx) throws Exception;
  }

  /// Code in a transaction, with an answer.
  @FunctionalInterface
  interface AnsweringIn<R extends Message, O extends Owner> {
    /// Does it.
    ///
    /// @param tx committed by the saga
    R run(Transaction<O> tx) throws Exception;
  }
}
