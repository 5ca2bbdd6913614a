package dev.concordat.events;

import dev.concordat.contract.Event;
import dev.concordat.contract.Owner;
import dev.concordat.contract.Task;
import dev.concordat.events.tasks.Delivery;
import dev.concordat.events.tasks.TaskRef;
import java.sql.Connection;
import java.time.Instant;
import java.util.Collection;

/// A database transaction in which effects, events and tasks become true together or not at all.
///
/// The type parameter is the owner: only its own events can be published here, which the compiler
/// checks.
///
/// Threads: one at a time, like the connection it stands on.
///
/// @param <O> the owner
public interface Transaction<O extends Owner> extends AutoCloseable {
  /// The connection, for the caller's own statements. Not to be committed or closed by the caller.
  Connection connection();

  /// Tells a fact: it is delivered at least once to every subscription when the transaction
  /// commits, never when it rolls back. Topic and key come from the contract.
  ///
  /// @throws dev.concordat.core.Failure with `INVALID_ARGUMENT` when the event breaks the rules of
  ///   its contract, has no key or one that is too long, or is larger than
  ///   [dev.concordat.core.Limits#messageBytes]; with `PERMISSION_DENIED` when it belongs to
  ///   another owner. Nothing is told then; the transaction can go on
  void publish(Event<O> event);

  /// Tells several facts, in their order, with one statement; otherwise as [#publish(Event)]. None
  /// is told when one of them cannot be.
  void publish(Collection<? extends Event<O>> events);

  /// Tells a fact that is worth handling until this instant: who has not handled it by then has a
  /// dead letter instead. Readers' clocks decide.
  void publish(Event<O> event, Instant worthUntil);

  /// Asks for work, as the contract says.
  ///
  /// @return its name, to look after it; that of the one that waits when an equal one does
  default TaskRef enqueue(Task<?> task) {
    return enqueue(task, Delivery.NOW);
  }

  /// Asks for work.
  ///
  /// @return its name, to look after it; that of the one that waits when an equal one does
  TaskRef enqueue(Task<?> task, Delivery delivery);

  /// Runs on the same connection right before the commit; a failure rolls everything back.
  void beforeCommit(Runnable work);

  /// Runs once the commit has succeeded, on the committing thread; must be short.
  void afterCommit(Runnable work);

  /// Makes it all true and wakes the relay.
  void commit();

  /// Rolls back unless committed, and gives the connection back.
  @Override
  void close();
}
