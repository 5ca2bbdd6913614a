package dev.concordat.events.tasks;

import dev.concordat.contract.Task;
import dev.concordat.events.Transaction;
import java.util.List;

/// The tasks of one service: how they stand, and how they are taken back.
///
/// Threads: safe for many; any process of the service may be asked.
///
/// Failure: [dev.concordat.core.Failure] with `UNAVAILABLE` when the database cannot be reached.
public final class Tasks {
  private final TaskDesk desk;

  public Tasks(TaskDesk desk) {
    this.desk = desk;
  }

  /// How a task of this service stands.
  public TaskStatus status(TaskRef task) {
    return desk.status(task);
  }

  /// Takes a task back. One that waits is gone at once; one that runs can from now on neither end
  /// nor commit, and its handler's [Lease#cancellation()] is cancelled within the poll interval.
  ///
  /// @param reason for the record, and for the handler
  /// @return false when there is none: it has ended, or was taken back before
  public boolean cancel(TaskRef task, String reason) {
    return desk.cancel(List.of(task), reason) > 0;
  }

  /// The same in a transaction: taken back if and only if that commits.
  public boolean cancel(Transaction<?> tx, TaskRef task, String reason) {
    return desk.cancel(tx, task, reason);
  }

  /// Takes back all tasks of a key.
  ///
  /// @return how many
  public int cancelKey(Class<? extends Task<?>> task, Object key, String reason) {
    return desk.cancelKey(task, key.toString(), reason);
  }

  /// Takes back the one that waits with this unique value.
  public boolean cancelUnique(Class<? extends Task<?>> task, Object value, String reason) {
    return desk.cancelUnique(task, value.toString(), reason);
  }

  /// The tasks of this service that are still to be done, the first asked for first.
  ///
  /// @param queue only of this queue; empty for all
  /// @param limit at most so many; never more than 1,000
  public List<TaskView> list(String queue, int limit) {
    return desk.list(queue, limit);
  }
}
