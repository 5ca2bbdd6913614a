package dev.concordat.events.tasks;

import dev.concordat.core.Cancellation;
import dev.concordat.events.Transaction;
import dev.concordat.events.store.SqlFailures;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;

/// The lease that a handler sees.
public final class TaskLease implements Lease {
  private final ClaimedTask task;
  private final HeldLease held;
  private final AtomicBoolean asked = new AtomicBoolean();
  private final AtomicBoolean completed = new AtomicBoolean();

  TaskLease(ClaimedTask task, HeldLease held) {
    this.task = task;
    this.held = held;
  }

  @Override
  public String taskId() {
    return task.message().toString();
  }

  @Override
  public int attempt() {
    return task.attempt();
  }

  @Override
  public Instant until() {
    return held.until();
  }

  @Override
  public Cancellation cancellation() {
    return held.cancellation();
  }

  @Override
  public void complete(Transaction<?> tx) {
    held.settling();
    try {
      if (TaskSettlement.done(tx.connection(), new TreeMap<>(Map.of(task.id(), task.token())))
          .isEmpty()) {
        throw HeldLease.lost();
      }
    } catch (SQLException e) {
      throw SqlFailures.of(e);
    }
    asked.set(true);
    tx.afterCommit(() -> completed.set(true));
  }

  HeldLease held() {
    return held;
  }

  /// Whether a transaction that is known to be committed has ended the task.
  boolean completed() {
    return completed.get();
  }

  /// Whether some transaction was to end the task. On a connection that was lent we do not hear of
  /// its commit.
  boolean askedToComplete() {
    return asked.get();
  }
}
