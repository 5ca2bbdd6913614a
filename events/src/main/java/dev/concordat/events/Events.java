package dev.concordat.events;

import dev.concordat.contract.Owner;
import dev.concordat.contract.Task;
import dev.concordat.core.Code;
import dev.concordat.core.ContextCodec;
import dev.concordat.core.Failure;
import java.sql.Connection;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;

/// The events, tasks and sagas of one service, on the service's own database.
///
/// Threads: safe for many. What is subscribed is said before [#start()].
///
/// @param <O> the owner, whose events can be published here
public final class Events<O extends Owner> implements AutoCloseable {
  private final Parts parts;

  private Events(Parts parts) {
    this.parts = parts;
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
    return JdbcTransaction.begin(parts, this::enqueue);
  }

  /// The transaction of the caller's own connection, which must not be in auto-commit mode. What is
  /// published is part of it at once. The caller commits: by [Transaction#commit()], or by itself,
  /// and then the sequencer finds out within the poll interval or by [#wake()].
  public Transaction<O> join(Connection connection) {
    return JdbcTransaction.join(parts, this::enqueue, connection);
  }

  /// Says that something was committed on a joined connection, so that it is told at once.
  public void wake() {
    parts.wake().raise();
  }

  /// Begins to deliver.
  public void start() {}

  /// Takes no new message, lets running handlers finish, gives back what this process holds.
  ///
  /// @param grace how long handlers may go on; then they are interrupted
  /// @return whether all had finished by themselves
  public boolean stop(Duration grace) {
    return true;
  }

  /// Stops without grace.
  @Override
  public void close() {
    var _ = stop(Duration.ZERO);
  }

  private void enqueue(JdbcTransaction<?> tx, Task<?> task, Delivery delivery) {
    throw Failure.of(Code.UNIMPLEMENTED, "no queues here yet");
  }
}
