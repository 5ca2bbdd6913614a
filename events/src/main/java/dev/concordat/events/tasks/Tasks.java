package dev.concordat.events.tasks;

import dev.concordat.contract.Task;
import dev.concordat.events.Transaction;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

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
    return list(new TaskFilter(queue, "", "", limit));
  }

  /// The same for some of them only.
  public List<TaskView> list(TaskFilter filter) {
    return desk.list(filter);
  }

  /// One that is still to be done; empty when it has ended, was never asked for, or has not
  /// arrived.
  public Optional<TaskView> show(UUID task) {
    return desk.show(task);
  }

  /// In which queue a task is or was; empty when nothing is known of it.
  public Optional<TaskRef> find(UUID task) {
    return desk.find(task);
  }

  /// Lets one that waits for its time, delayed or failed, be tried now instead. Its tries so far
  /// count.
  ///
  /// @return false when it does not wait for its time
  public boolean retry(TaskRef task) {
    return desk.retry(task);
  }
}
