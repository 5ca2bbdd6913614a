package dev.concordat.service;

import com.google.protobuf.Message;
import dev.concordat.contract.ClientFactory;
import dev.concordat.contract.Event;
import dev.concordat.contract.Owner;
import dev.concordat.contract.ServiceContract;
import dev.concordat.contract.Task;
import dev.concordat.core.Clock;
import dev.concordat.core.Observer;
import dev.concordat.events.EventHandler;
import dev.concordat.events.TaskHandler;
import dev.concordat.events.Transaction;
import java.time.Duration;
import javax.sql.DataSource;

/// One service: its database, the calls it answers and makes, the events it tells and hears, and
/// its tasks and sagas. First everything is declared, then [#start()].
///
/// Threads: declaring is for one thread; after the start, safe for many.
///
/// @param <O> the owner, so that only its own events can be published
public final class Service<O extends Owner> implements Running {
  private final O owner;
  private final Environment environment;

  Service(O owner, Environment environment) {
    this.owner = owner;
    this.environment = environment;
  }

  /// Runs SQL scripts on the service's database, each once, in this order; they are found on the
  /// class path beside the class. What ran is recorded with its checksum in `concordat.migration`.
  ///
  /// Failure: a script that has changed since it ran throws with `FAILED_PRECONDITION`.
  public void migrate(Class<?> beside, String... scripts) {
    missing();
  }

  /// A client of another service, found through the registry, with this service as its caller.
  public <C> C client(ClientFactory<C> factory) {
    return missing();
  }

  /// Answers the calls of a contract.
  public <A> void implement(ServiceContract<A> contract, A implementation) {
    missing();
  }

  /// Hears a type of event, of whatever owner.
  ///
  /// @param name the subscription's name, unique in this service; it holds the position
  public <E extends Event<?>> void subscribe(
      Class<E> event, String name, EventHandler<E, O> handler) {
    missing();
  }

  /// Does a type of task of this owner.
  public <T extends Task<O>> void work(Class<T> task, TaskHandler<T> handler) {
    missing();
  }

  /// Begins a transaction on the service's database.
  public Transaction<O> begin() {
    return missing();
  }

  /// Commits the transaction together with the answer: when the running call has an idempotency
  /// key, a repetition gets this answer, even if the process dies right after the commit.
  ///
  /// @return the answer
  public <R extends Message> R commit(Transaction<O> tx, R answer) {
    return missing();
  }

  /// The service's own database: a small pool.
  public DataSource database() {
    return missing();
  }

  /// Who watches.
  public Observer observer() {
    return missing();
  }

  /// What time it is.
  public Clock clock() {
    return environment.clock();
  }

  /// Where it runs.
  public Environment environment() {
    return environment;
  }

  /// Starts everything that was declared; returns once the service answers and is found.
  ///
  /// @return this
  public Service<O> start() {
    return missing();
  }

  @Override
  public int port() {
    return this.<Integer>missing();
  }

  @Override
  public void stop(Duration grace) {
    missing();
  }

  @SuppressWarnings("TypeParameterUnusedInFormals")
  private <T> T missing() {
    throw new UnsupportedOperationException(
        owner.ownerName() + ": calls and events are on the way");
  }
}
