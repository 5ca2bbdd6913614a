package dev.concordat.events;

import com.zaxxer.hikari.HikariDataSource;
import dev.concordat.contract.Task;
import dev.concordat.core.Observer;
import dev.concordat.events.depot.v1.DepotOwner;
import dev.concordat.events.depot.v1.Pick;
import dev.concordat.events.log.Broker;
import dev.concordat.events.log.NoLog;
import dev.concordat.events.sagas.SagaProbe;
import dev.concordat.events.tasks.Delivery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A service of the tests, with any number of processes on one database.
public final class Depot implements AutoCloseable {
  public final HikariDataSource database = Postgres.database("depot", 24);
  public final Counting observer = new Counting();
  private final List<Events<DepotOwner>> processes = new ArrayList<>();

  /// Another process; it stops with the depot.
  public Events<DepotOwner> process() {
    return process(EventsOptions.DEFAULT);
  }

  public Events<DepotOwner> process(EventsOptions options) {
    return process(options, SagaProbe.NONE);
  }

  /// A process that somebody else observes.
  public Events<DepotOwner> process(Observer observer) {
    Events<DepotOwner> events =
        Events.open(
            DepotOwner.OWNER, database, new NoLog(), EventsOptions.DEFAULT.withObserver(observer));
    processes.add(events);
    return events;
  }

  /// A process that hears of other services' tasks through this log.
  public Events<DepotOwner> process(EventsOptions options, Broker log) {
    Events<DepotOwner> events =
        Events.open(DepotOwner.OWNER, database, log, options.withObserver(observer));
    processes.add(events);
    return events;
  }

  /// A process whose sagas may be ended by the probe, as by a crash.
  public Events<DepotOwner> process(EventsOptions options, SagaProbe probe) {
    Events<DepotOwner> events =
        Events.open(
            DepotOwner.OWNER,
            database,
            new NoLog(),
            options.withObserver(observer),
            java.util.Optional.empty(),
            probe);
    processes.add(events);
    return events;
  }

  public static void enqueue(Events<DepotOwner> events, Task<?> task) {
    enqueue(events, task, Delivery.NOW);
  }

  public static void enqueue(Events<DepotOwner> events, Task<?> task, Delivery delivery) {
    try (var tx = events.begin()) {
      tx.enqueue(task, delivery);
      tx.commit();
    }
  }

  /// Asks for that many picks, numbered from 0, in one transaction.
  public static void enqueue(Events<DepotOwner> events, int picks) {
    try (var tx = events.begin()) {
      for (int i = 0; i < picks; i++) {
        tx.enqueue(Pick.newBuilder().setNumber(i).build());
      }
      tx.commit();
    }
  }

  public long number(String sql) {
    return Postgres.number(database, sql);
  }

  public void execute(String sql) {
    Postgres.execute(database, sql);
  }

  public long tasks() {
    return number("select count(*) from concordat.task");
  }

  @Override
  public void close() {
    processes.forEach(process -> process.stop(Duration.ofSeconds(5)));
    database.close();
  }
}
