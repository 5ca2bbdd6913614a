package dev.concordat.service;

import com.google.protobuf.Message;
import com.zaxxer.hikari.HikariDataSource;
import dev.concordat.calls.CallServer;
import dev.concordat.calls.Calls;
import dev.concordat.calls.CallsOptions;
import dev.concordat.calls.IdempotentCall;
import dev.concordat.calls.JdbcIdempotency;
import dev.concordat.calls.Listen;
import dev.concordat.calls.Proof;
import dev.concordat.calls.ServerOptions;
import dev.concordat.calls.discovery.Discovery;
import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.StaticResolver;
import dev.concordat.calls.rest.RestOptions;
import dev.concordat.calls.rest.RestTransport;
import dev.concordat.contract.ClientFactory;
import dev.concordat.contract.Event;
import dev.concordat.contract.Owner;
import dev.concordat.contract.ServiceContract;
import dev.concordat.contract.Task;
import dev.concordat.core.Clock;
import dev.concordat.core.Observer;
import dev.concordat.events.Events;
import dev.concordat.events.EventsOptions;
import dev.concordat.events.SecondConnections;
import dev.concordat.events.Transaction;
import dev.concordat.events.sagas.SagaCode;
import dev.concordat.events.sagas.SagaType;
import dev.concordat.events.schedules.Cron;
import dev.concordat.events.subscriptions.BatchHandler;
import dev.concordat.events.subscriptions.EventHandler;
import dev.concordat.events.subscriptions.SubscriptionOptions;
import dev.concordat.events.tasks.TaskEffect;
import dev.concordat.events.tasks.TaskHandler;
import dev.concordat.service.v1.DeadLettersApi;
import dev.concordat.service.v1.OperationsApi;
import dev.concordat.service.v1.PeopleApi;
import dev.concordat.service.v1.SagaDeskApi;
import dev.concordat.service.v1.SubscriptionsApi;
import dev.concordat.service.v1.TaskDeskApi;
import dev.concordat.service.v1.TopicsApi;
import dev.concordat.telemetry.Telemetry;
import dev.concordat.telemetry.TelemetryOptions;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// One service: its database, the calls it answers and makes, the events it tells and hears, and
/// its tasks and sagas. First everything is declared, then [#start()].
///
/// Threads: declaring is for one thread; after the start, safe for many.
///
/// Guarantee: [#stop(Duration)] loses nothing and fails no call that had begun, if the grace is
/// long enough for it.
///
/// @param <O> the owner, so that only its own events can be published
public final class Service<O extends Owner> implements Running {
  private final Environment environment;
  private final Closing closing;
  private final Backbone backbone;
  private final Telemetry telemetry;
  private final HikariDataSource database;
  private final DataSource lent;
  private final Migrations migrations;
  private final Discovery discovery;
  private final Calls calls;
  private final Events<O> events;
  private final CallServer.Builder answers;
  private final KnownMessages messages;
  private final PersonalCheck personal;
  private @Nullable CallServer server;

  /// What a service is made of, from the bottom up; it is taken apart from the top down.
  Service(O owner, Environment environment) {
    String name = owner.ownerName();
    Clock clock = environment.clock();
    this.environment = environment;
    this.closing = new Closing(name);
    try {
      backbone = closing.opened("backbone", Backbone.open(environment.databases()));
      database = closing.opened("database", pool(name, environment.databases()));
      migrations = new Migrations(database);
      telemetry = closing.opened("telemetry", telemetry(name, backbone));
      lent = lent(database, telemetry);
      discovery =
          closing.opened(
              "discovery", Discovery.of(environment.neighbours().discovery(), backbone::registry));
      Passport passport =
          closing.opened("passport", Passport.open(environment.identity(), clock, telemetry));
      calls =
          closing.opened(
              "calls",
              Calls.open(
                  passport.shownBy(
                      CallsOptions.of(name, discovery.resolver())
                          .withResilience(Zone.resilience())
                          .withObserver(telemetry)
                          .withClock(clock))));
      events =
          Events.open(
              owner,
              database,
              backbone.log(),
              EventsOptions.DEFAULT.withObserver(telemetry).withClock(clock),
              backbone.keys(environment.databases().masterKeys()));
      messages = new KnownMessages(events.personal());
      personal = new PersonalCheck(name, events.personal().hasKeys());
      answers =
          CallServer.with(listening(name, environment, passport.proof(), telemetry, lent))
              .serve(
                  OperationsApi.CONTRACT, new OperationsDesk(events, new CallsDesk(calls), clock))
              .serve(DeadLettersApi.CONTRACT, new DeadLettersDesk(events.deadLetters(), messages))
              .serve(SubscriptionsApi.CONTRACT, new SubscriptionsDesk(events))
              .serve(TopicsApi.CONTRACT, new TopicsDesk(name, backbone::log, messages, clock))
              .serve(SagaDeskApi.CONTRACT, new SagasDesk(events.sagas(), messages))
              .serve(TaskDeskApi.CONTRACT, new TasksDesk(events, messages, clock))
              .serve(PeopleApi.CONTRACT, new PeopleDesk(events, telemetry));
    } catch (RuntimeException e) {
      closing.end(Duration.ZERO);
      throw e;
    }
  }

  /// Runs SQL scripts on the service's database, each once, in this order; they are found on the
  /// class path beside the class. What ran is recorded with its checksum in `concordat.migration`.
  ///
  /// Failure: a script that has changed since it ran throws with `FAILED_PRECONDITION`.
  public void migrate(Class<?> beside, String... scripts) {
    for (String script : scripts) {
      migrations.run(beside, script);
    }
  }

  /// A client of another service, found as the environment says, with this service as its caller.
  public <C> C client(ClientFactory<C> factory) {
    factory.methods().forEach(method -> messages.addAll(method.descriptor().getFile()));
    return calls.client(factory);
  }

  /// A client of another company's REST interface, found under the owner that its contract names,
  /// in the environment's addresses. Calls go through the same steps as those to our own services:
  /// deadline, key, retries, trace.
  ///
  /// @param rest how they are spoken with, and what their errors mean
  /// @throws dev.concordat.core.Failure with `FAILED_PRECONDITION` when the environment does not
  ///   know the address
  /// @throws IllegalArgumentException when one of the methods cannot be called over REST
  public <C> C foreign(ClientFactory<C> factory, RestOptions rest) {
    String company = factory.owner();
    String address = environment.address(company);
    int colon = address.lastIndexOf(':');
    Endpoint there =
        Endpoint.of(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    CallsOptions options =
        CallsOptions.of(environment.name(), StaticResolver.of(company, there))
            .withTransport(RestTransport.of(rest))
            .withObserver(telemetry)
            .withClock(environment.clock());
    return closing.opened("calls to " + company, Calls.open(options)).client(factory);
  }

  /// Answers the calls of a contract.
  public <A> void implement(ServiceContract<A> contract, A implementation) {
    messages.add(contract);
    answers.serve(contract, implementation);
  }

  /// Hears a type of event, of whatever owner.
  ///
  /// @param name the subscription's name, unique in this service; it holds the position
  public <E extends Event<?>> void subscribe(
      Class<E> event, String name, EventHandler<? super E, O> handler) {
    messages.add(event);
    events.subscribe(event, name, handler);
  }

  /// Hears a type of event, many at a time: for projections.
  ///
  /// @param name the subscription's name; another name reads from the beginning, beside this one
  public <E extends Event<?>> void project(
      Class<E> event, String name, BatchHandler<E, O> handler) {
    messages.add(event);
    events.project(event, name, SubscriptionOptions.DEFAULT, handler);
  }

  /// Does a type of task of this owner.
  public <T extends Task<O>> void work(Class<T> task, TaskHandler<? super T> handler) {
    messages.add(task);
    events.work(task, handler);
  }

  /// Does a type of task of this owner in a transaction that also ends the task.
  public <T extends Task<O>> void work(Class<T> task, TaskEffect<? super T, O> handler) {
    messages.add(task);
    events.work(task, handler);
  }

  /// Asks for a task by the clock, once for all processes of the service.
  ///
  /// @param name of the schedule: the same name is the same schedule, in every process
  /// @param type of this service or another
  /// @param task makes it, each time
  public <T extends Task<?>> void schedule(
      String name, Class<T> type, Cron cron, Supplier<? extends T> task) {
    events.schedule(name, type, cron, task);
  }

  /// Defines a saga.
  ///
  /// @param name lasts as long as sagas of it are in the database
  /// @param input default instance of what it is started with
  /// @param outcome default instance of what it returns
  public <I extends Message, R extends Message> SagaType<I, R> saga(
      String name, I input, R outcome, SagaCode<I, R, O> code) {
    personal.kept(input.getDescriptorForType());
    personal.kept(outcome.getDescriptorForType());
    return events.sagas().define(name, input, outcome, code);
  }

  /// Begins a transaction on the service's database.
  public Transaction<O> begin() {
    return events.begin();
  }

  /// Commits the transaction together with the answer: when the running call has an idempotency
  /// key, a repetition gets this answer, even if the process dies right after the commit.
  ///
  /// @return the answer
  public <R extends Message> R commit(Transaction<O> tx, R answer) {
    IdempotentCall.current().ifPresent(call -> call.record(tx.connection(), answer));
    tx.commit();
    return answer;
  }

  /// Everything else about events: options of subscriptions and workers, dead letters, sagas.
  public Events<O> events() {
    return events;
  }

  /// The service's own database: a small pool. Whoever asks it for a connection inside of a
  /// transaction is named in the log, see [SecondConnections].
  public DataSource database() {
    return lent;
  }

  /// Who watches.
  public Observer observer() {
    return telemetry;
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
  /// @throws dev.concordat.core.Failure with `UNAVAILABLE` when the port cannot be had; with
  ///   `FAILED_PRECONDITION` when it tells personal data and has no master key; everything is given
  ///   back then
  public Service<O> start() {
    try {
      personal.check(messages.topics());
      closing.begun("events", grace -> events.stop(grace));
      CallServer started = answers.start();
      closing.begun("server", grace -> started.drain(grace));
      events.start();
      discovery
          .registrar()
          .ifPresent(registrar ->
              started.announce(registrar, environment.reachableHost(), Zone.attributes()));
      server = started;
      return this;
    } catch (RuntimeException e) {
      closing.end(Duration.ZERO);
      throw e;
    }
  }

  @Override
  public int port() {
    if (server == null) {
      throw new IllegalStateException("the service was not started");
    }
    return server.port();
  }

  @Override
  public Set<String> meet(Duration patience) {
    return calls.meet(patience);
  }

  /// Stops in this order: it is found no more and answers no new calls, calls under way end;
  /// handlers, workers and sagas end or are left to be taken up again; the last spans are sent;
  /// connections are closed.
  @Override
  public void stop(Duration grace) {
    closing.end(grace);
  }

  private static ServerOptions listening(
      String name, Environment environment, Proof proof, Telemetry telemetry, DataSource database) {
    return ServerOptions.of(name)
        .withListen(new Listen(environment.host(), environment.port(), proof))
        .withObserver(telemetry)
        .withClock(environment.clock())
        .withIdempotency(new JdbcIdempotency(database, environment.clock()));
  }

  private static Telemetry telemetry(String name, Backbone backbone) {
    return Telemetry.open(
        TelemetryOptions.fromEnvironment(name, System.getenv()), backbone.spans());
  }

  /// The pool as the service's code meets it.
  static DataSource lent(DataSource pool, Observer observer) {
    return new LentConnections(pool, () -> SecondConnections.look(observer, LentConnections.class));
  }

  private static HikariDataSource pool(String name, Databases databases) {
    return Pool.open(name, databases.own(), databases.connections());
  }
}
