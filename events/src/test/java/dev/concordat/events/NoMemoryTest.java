package dev.concordat.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.core.Observer;
import dev.concordat.core.Observer.Activity;
import dev.concordat.events.depot.v1.DepotOwner;
import dev.concordat.events.depot.v1.Parcel;
import dev.concordat.events.depot.v1.Pick;
import dev.concordat.events.depot.v1.Stored;
import dev.concordat.events.log.PostgresLog;
import dev.concordat.events.sagas.SagaOutcome.Completed;
import dev.concordat.events.sagas.SagaType;
import dev.concordat.events.tasks.TaskHandler;
import dev.concordat.events.tasks.WorkerOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Threads of ours get what nobody expects, where nobody looks for it; and everything gets done all
/// the same.
class NoMemoryTest {
  private static final int MANY = 20;
  private static final Parcel PARCEL = Parcel.newBuilder().setText("one").build();

  private final Map<String, Integer> failed = new ConcurrentHashMap<>();
  private final Set<Integer> picked = ConcurrentHashMap.newKeySet();
  private final Set<String> stored = ConcurrentHashMap.newKeySet();
  private volatile int left;
  private final Depot depot = new Depot();
  private final DataSource pool = Proxies.pool(depot.database, this::failing);
  private final PostgresLog log = PostgresLog.open(pool);

  @AfterEach
  void close() {
    log.close();
    depot.close();
  }

  /// Each of them, when it asks the pool for a connection.
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void everyLoopGoesOn(int times) {
    left = times;
    try (Events<DepotOwner> events =
        Events.open(DepotOwner.OWNER, pool, log, EventsOptions.DEFAULT)) {
      TaskHandler<Pick> pick = (task, lease) -> picked.add(task.getNumber());
      events.work(Pick.class, pick);
      events.subscribe(Stored.class, "stored", (event, tx) -> stored.add(event.getItem()));
      SagaType<Parcel, Parcel> saga =
          events
              .sagas()
              .define(
                  "parcel", PARCEL, PARCEL, (run, input) -> run.step("send", PARCEL, () -> input));
      events.start();
      Depot.enqueue(events, MANY);
      store(events, saga);

      Await.until("all picked", () -> picked.size() == MANY && depot.tasks() == 0);
      Await.until("all stored", () -> stored.size() == MANY);
      assertThat(saga.await("one", Deadline.after(Duration.ofSeconds(30), Clock.SYSTEM)))
          .isInstanceOf(Completed.class);
      assertThat(failed.keySet())
          .contains("claim.queue/depot.v1.Pick", "depot.v1.Pick.upkeep.acks", "claim.sagas");
      left = 0;
      assertThat(events.stop(Duration.ofSeconds(5))).as("nobody waits for anything").isTrue();
    }
  }

  @Test
  void aTaskThatCannotEvenBeginMakesRoomForTheNext() {
    AtomicInteger failing = new AtomicInteger(2);
    Events<DepotOwner> events = starving(() -> failing.getAndDecrement() > 0);
    events.work(
        Pick.class,
        WorkerOptions.DEFAULT.withConcurrency(1),
        (task, lease) -> {
          picked.add(task.getNumber());
        });
    Depot.enqueue(events, MANY);
    events.start();

    Await.until("all picked", () -> picked.size() == MANY);
    assertThat(failing.get()).isNegative();
  }

  @Test
  void theOneThatTriesForAllCannotEvenBegin() {
    AtomicBoolean down = new AtomicBoolean(true);
    AtomicBoolean hungry = new AtomicBoolean();
    Events<DepotOwner> events = starving(() -> hungry.compareAndSet(true, false));
    events.work(
        Pick.class,
        WorkerOptions.DEFAULT.withConcurrency(1),
        (task, lease) -> {
          if (down.get()) {
            throw Failure.of(Code.UNAVAILABLE, "the belt stands still");
          }
          picked.add(task.getNumber());
        });
    Depot.enqueue(events, MANY);
    events.start();
    Await.until("it only probes", () -> depot.observer.count("concordat.tasks.postponed") > 3);
    hungry.set(true);
    Await.until("it could not begin", () -> !hungry.get());
    down.set(false);

    Await.until("all picked", () -> picked.size() == MANY);
  }

  /// A process whose tasks have no memory to begin with, whenever it is so.
  private Events<DepotOwner> starving(BooleanSupplier now) {
    Observer observer =
        Proxies.proxy(
            Observer.class,
            (self, method, arguments) -> {
              if (method.getName().equals("begin")
                  && arguments[0] instanceof Activity activity
                  && activity.name().startsWith("work ")
                  && now.getAsBoolean()) {
                throw new OutOfMemoryError("of its own making");
              }
              return Proxies.invoke(depot.observer, method, arguments);
            });
    return depot.process(observer);
  }

  private static void store(Events<DepotOwner> events, SagaType<Parcel, Parcel> saga) {
    try (var tx = events.begin()) {
      for (int i = 0; i < MANY; i++) {
        tx.publish(Stored.newBuilder().setItem("item " + i).build());
      }
      saga.start(tx, "one", PARCEL);
      tx.commit();
    }
  }

  /// Tests themselves run on platform threads.
  private Connection failing(Connection connection) {
    Thread taker = Thread.currentThread();
    if (taker.isVirtual() && failed.merge(taker.getName(), 1, Integer::sum) <= left) {
      try {
        connection.close();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
      throw new OutOfMemoryError("of its own making");
    }
    return connection;
  }
}
