package dev.concordat.events;

import dev.concordat.contract.Event;
import dev.concordat.contract.Owner;
import dev.concordat.contract.Task;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import dev.concordat.events.tasks.Delivery;
import dev.concordat.events.tasks.TaskRef;
import java.sql.Connection;
import java.time.Instant;
import java.util.Collection;

/// What a handler sees of the transaction that its subscription commits, perhaps together with
/// others.
final class HandlersTransaction<O extends Owner> implements Transaction<O> {
  private final JdbcTransaction<O> transaction;
  private final Connection connection;

  HandlersTransaction(JdbcTransaction<O> transaction, Connection guarded) {
    this.transaction = transaction;
    this.connection = guarded;
  }

  @Override
  public Connection connection() {
    return connection;
  }

  @Override
  public void publish(Event<O> event) {
    transaction.publish(event);
  }

  @Override
  public void publish(Collection<? extends Event<O>> events) {
    transaction.publish(events);
  }

  @Override
  public void publish(Event<O> event, Instant worthUntil) {
    transaction.publish(event, worthUntil);
  }

  @Override
  public TaskRef enqueue(Task<?> task, Delivery delivery) {
    return transaction.enqueue(task, delivery);
  }

  @Override
  public void beforeCommit(Runnable work) {
    transaction.beforeCommit(Context.wrap(work));
  }

  @Override
  public void afterCommit(Runnable work) {
    transaction.afterCommit(Context.wrap(work));
  }

  @Override
  public void commit() {
    throw Failure.of(
        Code.FAILED_PRECONDITION,
        "the subscription commits, together with the mark; a handler only returns");
  }

  /// Nothing: who began it ends it.
  @Override
  public void close() {}
}
