package dev.concordat.events.tasks;

import dev.concordat.contract.Owner;
import dev.concordat.contract.Task;
import dev.concordat.events.Transaction;

/// Does a task whose effect is in the service's own database. Returning means done: effect and end
/// of the task are committed together, exactly once. Throwing rolls both back.
///
/// The transaction is open as long as the handler runs, so one that asks others or takes longer
/// than some milliseconds is better a [TaskHandler] with [Lease#complete].
///
/// Threads: runs on a virtual thread of its own.
@FunctionalInterface
public interface TaskEffect<T extends Task<?>, O extends Owner> {
  /// Does the task.
  ///
  /// @param tx the transaction of the effect; the worker commits it
  void handle(T task, Lease lease, Transaction<O> tx) throws Exception;
}
