package dev.concordat.events.tasks;

import dev.concordat.core.Cancellation;
import dev.concordat.events.Transaction;
import dev.concordat.events.store.SqlFailures;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The lease that a handler sees.
public final class TaskLease implements Lease {
  private final ClaimedTask task;
  private final HeldLease held;
  private final Duration remember;
  private final AtomicReference<@Nullable TaskProgress> news = new AtomicReference<>();
  private final AtomicBoolean asked = new AtomicBoolean();
  private final AtomicBoolean completed = new AtomicBoolean();

  /// @param remember how long it is remembered that the task was done
  TaskLease(ClaimedTask task, HeldLease held, Duration remember) {
    this.task = task;
    this.held = held;
    this.remember = remember;
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
  public void progress(long done, long total, String note) {
    news.set(new TaskProgress(done, total, note.length() <= 500 ? note : note.substring(0, 500)));
  }

  /// What was said since this was asked last.
  Optional<TaskProgress> news() {
    return Optional.ofNullable(news.getAndSet(null));
  }

  @Override
  public void complete(Transaction<?> tx) {
    held.settling();
    try {
      TreeMap<Long, Long> token = new TreeMap<>(Map.of(task.id(), task.token()));
      if (TaskSettlement.done(tx.connection(), token, remember).isEmpty()) {
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
