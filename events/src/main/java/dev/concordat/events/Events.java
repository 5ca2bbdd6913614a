package dev.concordat.events;

import com.google.protobuf.Internal;
import dev.concordat.contract.Owner;
import dev.concordat.contract.Queue;
import dev.concordat.contract.Task;
import dev.concordat.core.Code;
import dev.concordat.core.ContextCodec;
import dev.concordat.core.Failure;
import dev.concordat.core.Fanout;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;

/// The events, tasks and sagas of one service, on the service's own database.
///
/// Threads: safe for many. What is subscribed is said before [#start()].
///
/// @param <O> the owner, whose events can be published here
public final class Events<O extends Owner> implements AutoCloseable {
  private final Parts parts;
  private final TaskDesk tasks;

  private Events(Parts parts) {
    this.parts = parts;
    this.tasks = new TaskDesk(parts);
  }

  /// Opens a service's events and makes what is missing of the schema `concordat` in its database.
  /// Publishing works from here on; nothing is delivered before [#start()].
  ///
  /// @param database the service's own; a pool
  /// @param broker where the log is; closed by whoever opened it
  /// @throws Failure with [Code#UNAVAILABLE] when the database cannot be reached
  public static <O extends Owner> Events<O> open(
      O owner, DataSource database, Broker broker, EventsOptions options) {
    Database own = new Database(database);
    Schema.EVENTS.create(own);
    Schema.TASKS.create(own);
    Schema.SAGAS.create(own);
    return new Events<>(
        new Parts(
            owner.ownerName(),
            UUID.randomUUID(),
            own,
            broker,
            new ContextCodec(options.clock(), options.limits()),
            new Topics(),
            new Signal(),
            options));
  }

  /// A transaction on a connection from the pool. Its statements end with the current deadline.
  public Transaction<O> begin() {
    return JdbcTransaction.begin(parts, tasks::enqueue);
  }

  /// The transaction of the caller's own connection, which must not be in auto-commit mode. What is
  /// published is part of it at once. The caller commits: by [Transaction#commit()], or by itself,
  /// and then the sequencer finds out within the poll interval or by [#wake()].
  public Transaction<O> join(Connection connection) {
    return JdbcTransaction.join(parts, tasks::enqueue, connection);
  }

  /// Says that something was committed on a joined connection, so that it is told at once.
  public void wake() {
    parts.wake().raise();
    tasks.wake();
  }

  /// Says who does the tasks of a type, 16 at once in this process. Before [#start()].
  public <T extends Task<O>> void work(Class<T> task, TaskHandler<? super T> handler) {
    work(task, WorkerOptions.DEFAULT, handler);
  }

  /// Says who does the tasks of a type. Before [#start()].
  public <T extends Task<O>> void work(
      Class<T> task, WorkerOptions options, TaskHandler<? super T> handler) {
    tasks.work(
        Queue.of(Internal.getDefaultInstance(task)),
        (message, lease) -> handler.handle(task.cast(message), lease),
        options);
  }

  /// Says who does the tasks of a type in a transaction that also ends the task. Before [#start()].
  public <T extends Task<O>> void work(Class<T> task, TaskEffect<? super T, O> handler) {
    work(task, WorkerOptions.DEFAULT, handler);
  }

  /// Says who does the tasks of a type in a transaction that also ends the task. Before [#start()].
  public <T extends Task<O>> void work(
      Class<T> task, WorkerOptions options, TaskEffect<? super T, O> handler) {
    work(
        task,
        options,
        (TaskHandler<T>)
            (message, lease) -> {
              try (Transaction<O> tx = begin()) {
                handler.handle(message, lease, tx);
                lease.complete(tx);
                tx.commit();
              }
            });
  }

  /// Begins to deliver.
  public void start() {
    tasks.start();
  }

  /// Takes no new message, lets running handlers finish, gives back what this process holds.
  ///
  /// @param grace how long handlers may go on; then they are interrupted
  /// @return whether all had finished by themselves
  public boolean stop(Duration grace) {
    return Fanout.each(List.copyOf(tasks.workers()), worker -> worker.stop(grace)).stream()
        .allMatch(clean -> clean);
  }

  /// Stops without grace.
  @Override
  public void close() {
    var _ = stop(Duration.ZERO);
  }
}
