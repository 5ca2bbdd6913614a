package dev.concordat.events.tasks;

import dev.concordat.contract.Task;

/// Does a task. Returning means done; the acknowledgement is refused when the lease was lost
/// meanwhile, so an effect outside of the lease's transaction must bear being done again.
///
/// Threads: runs on a virtual thread of its own.
@FunctionalInterface
public interface TaskHandler<T extends Task<?>> {
  /// Does the task.
  ///
  /// @param lease the claim; renewed while this method runs
  void handle(T task, Lease lease) throws Exception;
}
