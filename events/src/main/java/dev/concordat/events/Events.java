package dev.concordat.events;

import com.google.protobuf.Internal;
import dev.concordat.contract.Event;
import dev.concordat.contract.Owner;
import dev.concordat.contract.Queue;
import dev.concordat.contract.Task;
import dev.concordat.contract.Topic;
import dev.concordat.core.ContextCodec;
import dev.concordat.core.Fanout;
import dev.concordat.events.deadletters.DeadLetter;
import dev.concordat.events.deadletters.DeadLetters;
import dev.concordat.events.log.Broker;
import dev.concordat.events.loop.Signal;
import dev.concordat.events.personal.PersonKeys;
import dev.concordat.events.personal.PersonalData;
import dev.concordat.events.sagas.SagaProbe;
import dev.concordat.events.sagas.SagaRunner;
import dev.concordat.events.sagas.Sagas;
import dev.concordat.events.schedules.Cron;
import dev.concordat.events.schedules.Missed;
import dev.concordat.events.schedules.Schedules;
import dev.concordat.events.store.Database;
import dev.concordat.events.store.Schema;
import dev.concordat.events.subscriptions.BatchHandler;
import dev.concordat.events.subscriptions.Down;
import dev.concordat.events.subscriptions.EventHandler;
import dev.concordat.events.subscriptions.Handler;
import dev.concordat.events.subscriptions.OutsideHandler;
import dev.concordat.events.subscriptions.ReceivedHandler;
import dev.concordat.events.subscriptions.Subscription;
import dev.concordat.events.subscriptions.SubscriptionOptions;
import dev.concordat.events.subscriptions.Subscriptions;
import dev.concordat.events.tasks.QueueLength;
import dev.concordat.events.tasks.TaskDesk;
import dev.concordat.events.tasks.TaskEffect;
import dev.concordat.events.tasks.TaskHandler;
import dev.concordat.events.tasks.Tasks;
import dev.concordat.events.tasks.WorkerOptions;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import javax.sql.DataSource;

/// The events, tasks and sagas of one service, on the service's own database.
///
/// Threads: safe for many. What is subscribed is said before [#start()].
///
/// @param <O> the owner, whose events can be published here
public final class Events<O extends Owner> implements AutoCloseable {
  private final Parts parts;
  private final TaskDesk tasks;
  private final Relay<O> relay;
  private final SagaRunner<O> sagas;
  private final Schedules schedules;

  private Events(Parts parts, SagaProbe probe) {
    this.parts = parts;
    this.tasks = new TaskDesk(parts);
    this.relay = new Relay<>(parts, tasks::enqueue);
    relay.deadLetters().register(DeadLetter.TASK, tasks);
    this.sagas = new SagaRunner<>(parts, this::begin, probe);
    this.schedules = new Schedules(parts, tasks::enqueue);
  }

  /// Opens a service's events and makes what is missing of the schema `concordat` in its database.
  /// Publishing works from here on; nothing is delivered before [#start()], and another process
  /// finds what was told within the poll interval.
  ///
  /// @param database the service's own; a pool
  /// @param broker where the log is; closed by whoever opened it
  /// @throws dev.concordat.core.Failure with `UNAVAILABLE` when the database cannot be reached;
  ///   with `FAILED_PRECONDITION` when a newer version of Concordat has made the schema
  public static <O extends Owner> Events<O> open(
      O owner, DataSource database, Broker broker, EventsOptions options) {
    return open(owner, database, broker, options, Optional.empty());
  }

  /// The same for a service that tells personal data, or reads it.
  ///
  /// @param keys in the database that the services share; empty for a service that does neither
  public static <O extends Owner> Events<O> open(
      O owner,
      DataSource database,
      Broker broker,
      EventsOptions options,
      Optional<PersonKeys> keys) {
    return open(owner, database, broker, options, keys, SagaProbe.NONE);
  }

  static <O extends Owner> Events<O> open(
      O owner,
      DataSource database,
      Broker broker,
      EventsOptions options,
      Optional<PersonKeys> keys,
      SagaProbe probe) {
    Database own = new Database(database);
    Schema.create(
        own,
        List.of(Schema.EVENTS, Schema.DEAD_LETTERS, Schema.TASKS, Schema.SCHEDULES, Schema.SAGAS));
    return new Events<>(
        new Parts(
            owner.ownerName(),
            UUID.randomUUID(),
            own,
            broker,
            new ContextCodec(options.clock(), options.limits()),
            new Topics(),
            new Signal(),
            new PersonalData(owner.ownerName(), keys),
            options),
        probe);
  }

  /// A transaction on a connection from the pool. Its statements end with the current deadline. One
  /// inside of another takes a second connection: that is counted and said, see
  /// [SecondConnections].
  public Transaction<O> begin() {
    SecondConnections.look(parts.observer(), Events.class);
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
    sagas.wake();
  }

  /// The sagas of this service: defined before [#start()].
  public Sagas<O> sagas() {
    return new Sagas<>(parts, sagas, this::hear);
  }

  private <E extends Event<?>> void hear(String name, Class<E> event, Handler.Effect<O> effect) {
    Reading<E> reading = reading(event);
    add(
        name,
        reading,
        parts.options().subscriptions(),
        new Handler.One<>((logged, tx) -> {
          var _ = reading.read(logged);
          effect.handle(logged, tx);
        }));
  }

  /// Says what happens to each event of a type. Before [#start()].
  ///
  /// Guarantee: every event that was committed since the subscription's beginning is handled at
  /// least once, and what the handler does in its transaction happens exactly once; events of one
  /// key in their order, also across retries.
  ///
  /// @param event of any owner
  /// @param name of the subscription: the same name is the same reader, in every process
  public <E extends Event<?>> void subscribe(
      Class<E> event, String name, EventHandler<? super E, O> handler) {
    subscribe(event, name, parts.options().subscriptions(), handler);
  }

  /// The same with options of its own.
  public <E extends Event<?>> void subscribe(
      Class<E> event,
      String name,
      SubscriptionOptions options,
      EventHandler<? super E, O> handler) {
    receive(event, name, options, (received, tx) -> handler.handle(received.event(), tx));
  }

  /// The same for a handler that also sees the envelope and the place in the log.
  public <E extends Event<?>> void receive(
      Class<E> event, String name, SubscriptionOptions options, ReceivedHandler<E, O> handler) {
    Reading<E> reading = reading(event);
    add(
        name,
        reading,
        options,
        new Handler.One<>((message, tx) -> handler.handle(reading.read(message), tx)));
  }

  /// Says what happens to the events of a type, many at a time. Before [#start()].
  ///
  /// Guarantee: as for [#subscribe(Class, String, EventHandler)].
  public <E extends Event<?>> void project(
      Class<E> event, String name, SubscriptionOptions options, BatchHandler<E, O> handler) {
    Reading<E> reading = reading(event);
    add(
        name,
        reading,
        options,
        new Handler.Many<>(
            (messages, tx) -> handler.handle(messages.stream().map(reading::read).toList(), tx)));
  }

  /// Says what is done outside of the database for each event of a type. Before [#start()].
  ///
  /// Guarantee: at least once; events of one key in their order, also across retries.
  public <E extends Event<?>> void outside(
      Class<E> event, String name, SubscriptionOptions options, OutsideHandler<E> handler) {
    Reading<E> reading = reading(event);
    add(
        name,
        reading,
        options,
        new Handler.Outside<>((message, hold) -> handler.handle(reading.read(message), hold)));
  }

  private <E extends Event<?>> Reading<E> reading(Class<E> event) {
    return new Reading<>(
        Topic.of(Internal.getDefaultInstance(event)), parts.options().limits(), parts.personal());
  }

  private void add(
      String name, Reading<?> reading, SubscriptionOptions options, Handler<O> handler) {
    Topic<?> topic = reading.topic();
    parts.topics().add(topic.name(), topic.retention());
    relay.subscribe(new Subscription.Spec<>(name, topic.name(), handler, options));
  }

  /// The subscriptions of this service in all its processes: how they stand, to pause, to resume,
  /// to leave messages out.
  public Subscriptions subscriptions() {
    return new Subscriptions(parts);
  }

  /// What a subscription waits for, because something that it needs does not answer; as this
  /// process sees it. Empty when nothing is known to be down.
  public Optional<Down> down(String subscription) {
    return relay.down(subscription);
  }

  /// The messages that were given up on.
  public DeadLetters deadLetters() {
    return relay.deadLetters();
  }

  /// The tasks of this service: how they stand, and how they are taken back.
  public Tasks tasks() {
    return new Tasks(tasks);
  }

  /// Says what is asked for by the clock, once over all processes. Before [#start()].
  ///
  /// @param name of the schedule: the same name is the same schedule, in every process
  /// @param type the task's type; of this service or another
  /// @param task makes the task, at that time
  public <T extends Task<?>> void schedule(
      String name, Class<T> type, Cron cron, Supplier<? extends T> task) {
    schedules.define(name, type, cron, Missed.ONCE, task);
  }

  /// The schedules of this service, and what happens to the times that it misses.
  public Schedules schedules() {
    return schedules;
  }

  /// How much there is in the queues that this process works on.
  public List<QueueLength> queues() {
    return tasks.lengths();
  }

  /// Says who does the tasks of a type, 16 at once in this process. Before [#start()].
  public <T extends Task<O>> void work(Class<T> task, TaskHandler<? super T> handler) {
    work(task, WorkerOptions.DEFAULT, handler);
  }

  /// Says who does the tasks of a type. Before [#start()].
  public <T extends Task<O>> void work(
      Class<T> task, WorkerOptions options, TaskHandler<? super T> handler) {
    Queue<T> queue = Queue.of(Internal.getDefaultInstance(task));
    tasks.work(queue, (message, lease) -> handler.handle(task.cast(message), lease), options);
    takeFromOthers(queue);
  }

  /// Tasks that other services ask for come through the log.
  private void takeFromOthers(Queue<?> queue) {
    parts.topics().add(queue.name(), TaskDesk.KEPT_IN_LOG);
    relay.subscribe(
        new Subscription.Spec<>(
            "queue " + queue.name(),
            queue.name(),
            new Handler.One<>((message, tx) -> {
              tasks.take(tx.connection(), message.message(), queue);
              tx.afterCommit(() -> tasks.wake(queue.name()));
            }),
            parts.options().subscriptions()));
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

  /// Forgets a person: the personal fields of whatever this service has told of them, in events,
  /// tasks and sagas, can be read no more, wherever they lie; in this process at once, in others
  /// after [PersonKeys#REMEMBERED] at most. Cannot be taken back. Take the person out of the
  /// service's own tables first: what is told of them afterwards is told with a new key.
  ///
  /// @param person as the contract's field names them
  /// @return false when there was nothing to forget
  /// @throws dev.concordat.core.Failure with `FAILED_PRECONDITION` without a master key; with
  ///   `UNAVAILABLE` when the shared database cannot be reached: then nothing is forgotten
  public boolean forget(String person) {
    return parts.personal().forget(person);
  }

  /// The personal data in messages: what is hidden, and new wraps for all keys.
  public PersonalData personal() {
    return parts.personal();
  }

  /// Begins to deliver.
  public void start() {
    relay.start();
    tasks.start();
    sagas.start();
    schedules.start();
  }

  /// Takes no new message, lets running handlers finish, gives back what this process holds.
  ///
  /// @param grace how long handlers may go on; then they are interrupted
  /// @return whether all had finished by themselves
  public boolean stop(Duration grace) {
    schedules.stop();
    boolean clean =
        Fanout.both(
            () -> tasks.stop(grace), () -> sagas.stop(grace), (done, ended) -> done && ended);
    return relay.stop(grace) && clean;
  }

  /// Stops without grace.
  @Override
  public void close() {
    var _ = stop(Duration.ZERO);
  }
}
