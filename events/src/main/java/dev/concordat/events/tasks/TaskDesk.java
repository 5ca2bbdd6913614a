package dev.concordat.events.tasks;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Internal;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.concordat.contract.Queue;
import dev.concordat.core.Fanout;
import dev.concordat.events.Dead;
import dev.concordat.events.JdbcTransaction;
import dev.concordat.events.Parts;
import dev.concordat.events.Transaction;
import dev.concordat.events.deadletters.Origin;
import dev.concordat.events.log.Envelope;
import dev.concordat.events.store.SqlFailures;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Where tasks come in, and who works on them: an own task goes straight into its queue, another
/// service's through outbox and log.
public final class TaskDesk implements Origin {
  private static final Map<Descriptor, Queue<?>> QUEUES = new ConcurrentHashMap<>();
  public static final Duration KEPT_IN_LOG = Duration.ofDays(7);

  private final Parts parts;
  private final Map<String, Worker> workers = new ConcurrentHashMap<>();

  public TaskDesk(Parts parts) {
    this.parts = parts;
  }

  static Queue<?> queue(Message task) {
    return QUEUES.computeIfAbsent(
        task.getDescriptorForType(), any -> Queue.of(task.getDefaultInstanceForType()));
  }

  public TaskRef enqueue(JdbcTransaction<?> tx, Message task, Delivery delivery) {
    Queue<?> queue = queue(task);
    NewTask wanted = NewTask.of(parts, task, queue, delivery);
    if (queue.owner().equals(parts.owner())) {
      UUID id = insert(tx.connection(), wanted);
      tx.afterCommit(() -> wake(queue.name()));
      return new TaskRef(queue.name(), id);
    }
    parts.topics().add(queue.name(), KEPT_IN_LOG);
    tx.tell(wanted.forTheLog());
    return new TaskRef(queue.name(), wanted.envelope().id());
  }

  /// Takes over a task that came through the log. Runs in the transaction that marks the message as
  /// applied, so that it is in the queue exactly once.
  ///
  /// @throws Dead when the message cannot be read as a task of this queue
  public void take(Connection connection, Envelope envelope, Queue<?> queue) {
    try {
      var _ = insert(connection, NewTask.from(envelope, queue));
    } catch (InvalidProtocolBufferException e) {
      throw Dead.because("the payload cannot be read as " + queue.name());
    }
  }

  /// Says who does the tasks of a queue. Before [#start()].
  public Worker work(Queue<?> queue, TaskRun.Code code, WorkerOptions options) {
    if (!queue.owner().equals(parts.owner())) {
      throw new IllegalArgumentException(
          "tasks of "
              + queue.name()
              + " are done by "
              + queue.owner()
              + ", not by "
              + parts.owner()
              + "; subscribe to an event or call the owner instead");
    }
    Worker worker = new Worker(parts, queue, code, options);
    if (workers.putIfAbsent(queue.name(), worker) != null) {
      throw new IllegalArgumentException("the queue " + queue.name() + " has a worker already");
    }
    return worker;
  }

  /// How much there is in the queues that this process works on.
  public List<QueueLength> lengths() {
    return workers.keySet().stream()
        .sorted()
        .map(queue -> parts.database().transact(c -> QueueLengths.of(c, queue)))
        .toList();
  }

  @Override
  public boolean takes(String name) {
    return workers.containsKey(name);
  }

  @Override
  public boolean redrive(Connection connection, long deadLetter, String headers)
      throws SQLException {
    return TaskSettlement.redrive(connection, deadLetter, headers);
  }

  public void start() {
    workers.values().forEach(Worker::start);
  }

  /// Stops all workers at the same time.
  ///
  /// @return whether all tasks had ended within the grace
  public boolean stop(Duration grace) {
    return Fanout.each(List.copyOf(workers.values()), worker -> worker.stop(grace)).stream()
        .allMatch(clean -> clean);
  }

  /// There may be tasks in this queue.
  public void wake(String queue) {
    Optional.ofNullable(workers.get(queue)).ifPresent(Worker::wake);
  }

  /// There may be tasks in any queue.
  public void wake() {
    workers.values().forEach(Worker::wake);
  }

  TaskStatus status(TaskRef task) {
    return parts.database().transact(c -> TaskNews.status(c, task));
  }

  List<TaskView> list(TaskFilter filter) {
    return parts.database().read(c -> TaskNews.list(c, filter));
  }

  Optional<TaskView> show(UUID task) {
    return parts.database().read(c -> TaskNews.show(c, task));
  }

  Optional<TaskRef> find(UUID task) {
    return parts.database().read(c -> TaskNews.find(c, task));
  }

  boolean retry(TaskRef task) {
    boolean due = parts.database().read(c -> TaskNews.isDue(c, task));
    wake(task.queue());
    return due;
  }

  int cancel(List<TaskRef> tasks, String reason) {
    int cancelled = 0;
    for (TaskRef task : tasks) {
      TaskCancels.Outcome outcome =
          parts.database().transact(c -> TaskCancels.cancel(c, task, reason));
      cancelled += outcome == TaskCancels.Outcome.UNKNOWN ? 0 : 1;
      tell(task.queue(), outcome);
    }
    return cancelled;
  }

  boolean cancel(Transaction<?> tx, TaskRef task, String reason) {
    try {
      TaskCancels.Outcome outcome = TaskCancels.cancel(tx.connection(), task, reason);
      tx.afterCommit(() -> tell(task.queue(), outcome));
      return outcome != TaskCancels.Outcome.UNKNOWN;
    } catch (SQLException e) {
      throw SqlFailures.of(e);
    }
  }

  int cancelKey(Class<? extends Message> task, String key, String reason) {
    String queue = queue(Internal.getDefaultInstance(task)).name();
    List<UUID> ids = parts.database().read(c -> TaskCancels.ofKey(c, queue, key));
    return cancel(ids.stream().map(id -> new TaskRef(queue, id)).toList(), reason);
  }

  boolean cancelUnique(Class<? extends Message> task, String value, String reason) {
    String queue = queue(Internal.getDefaultInstance(task)).name();
    List<UUID> ids = parts.database().read(c -> TaskCancels.ofUnique(c, queue, value));
    return cancel(ids.stream().map(id -> new TaskRef(queue, id)).toList(), reason) > 0;
  }

  private void tell(String queue, TaskCancels.Outcome outcome) {
    Worker worker = workers.get(queue);
    if (worker != null && outcome == TaskCancels.Outcome.FENCED) {
      worker.cancelled();
    }
  }

  private static UUID insert(Connection connection, NewTask task) {
    try {
      return TaskIntake.insert(connection, task);
    } catch (SQLException e) {
      throw SqlFailures.of(e);
    }
  }
}
