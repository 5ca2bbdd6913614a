package dev.concordat.events.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.Await;
import dev.concordat.events.Dead;
import dev.concordat.events.Depot;
import dev.concordat.events.EventsOptions;
import dev.concordat.events.Parts;
import dev.concordat.events.Topics;
import dev.concordat.events.Transaction;
import dev.concordat.events.depot.v1.DepotOwner;
import dev.concordat.events.depot.v1.Pack;
import dev.concordat.events.depot.v1.Pick;
import dev.concordat.events.log.NoLog;
import dev.concordat.events.loop.Signal;
import dev.concordat.events.personal.PersonalData;
import dev.concordat.events.store.Database;
import dev.concordat.events.store.SqlFailures;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TaskLeaseTest {
  private final Depot depot = new Depot();

  @BeforeEach
  void effects() {
    depot.execute("create table effect (parcel int)");
  }

  @AfterEach
  void close() {
    depot.close();
  }

  /// What a handler does, given the task's transaction.
  private interface Ending {
    void end(Lease lease, Transaction<DepotOwner> tx);
  }

  @Test
  void aLateWorkersEffectIsRolledBack() throws Exception {
    assertThat(effectsOfTwoWorkers((lease, tx) -> lease.complete(tx))).isEqualTo(1);
  }

  /// The proof that the test above can fail.
  @Test
  void withoutTheFenceTheEffectHappensTwice() throws Exception {
    assertThat(effectsOfTwoWorkers((lease, tx) -> {})).isEqualTo(2);
  }

  /// Two processes do the same task: the first is silent in the middle, the second takes over, then
  /// the first goes on.
  private long effectsOfTwoWorkers(Ending ending) throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(2);
    var slow = depot.process();
    var quick = depot.process();
    AtomicInteger turn = new AtomicInteger();
    for (var process : List.of(slow, quick)) {
      process.work(
          Pack.class,
          (task, lease) -> {
            try {
              if (turn.incrementAndGet() == 1) {
                inside.countDown();
                goOn.await();
              }
              try (var tx = process.begin()) {
                write(tx, task.getParcel());
                ending.end(lease, tx);
                tx.commit();
              }
            } finally {
              over.countDown();
            }
          });
    }
    slow.start();
    Depot.enqueue(slow, Pack.newBuilder().setOrder("o").setParcel(1).build());
    inside.await();
    abandon();
    quick.start();
    Await.until("the second has done it", () -> depot.tasks() == 0);
    goOn.countDown();
    over.await();
    Await.until("refused", () -> depot.observer.count("concordat.tasks.refused") == 1);
    return depot.number("select count(*) from effect");
  }

  @Test
  void aLateAckIsRefusedByTheToken() {
    var process = depot.process();
    Depot.enqueue(process, pick(1));
    Database database = new Database(depot.database);
    ClaimedTask first = claim(database);
    abandon();
    database.transact(c -> TaskSettlement.giveBack(c, first));
    ClaimedTask second = claim(database);

    assertThat(second.message()).isEqualTo(first.message());
    assertThat(second.token()).isGreaterThan(first.token());
    assertThat(done(database, first)).isFalse();
    assertThat(TaskRun.fail(parts(), TaskDesk.queue(pick(1)), first, Dead.because("no")))
        .as("nor can it be buried")
        .isFalse();
    assertThat(done(database, second)).isTrue();
  }

  @Test
  void effectAndEndAreOneTransaction() {
    var process = depot.process();
    AtomicInteger tries = new AtomicInteger();
    process.work(
        Pick.class,
        (task, lease, tx) -> {
          write(tx, task.getNumber());
          if (tries.incrementAndGet() < 3) {
            throw Failure.of(Code.UNAVAILABLE, "not yet");
          }
        });
    process.start();
    Depot.enqueue(process, pick(5));

    Await.until("done", () -> depot.tasks() == 0 && tries.get() == 3);
    assertThat(depot.number("select count(*) from effect")).isEqualTo(1);
  }

  @Test
  void aTaskWhoseWorkerDiesEveryTimeBecomesADeadLetter() {
    var process = depot.process();
    Depot.enqueue(process, pick(1));
    Database database = new Database(depot.database);
    for (int attempt = 1; attempt <= 3; attempt++) {
      depot.execute("update concordat.task set state = 'ready'");
      ClaimedTask task = claim(database);
      assertThat(task.attempt()).isEqualTo(attempt);
      abandon();
      List<ClaimedTask> silent =
          new TaskUpkeep(database, dev.concordat.core.Clock.SYSTEM, "depot.v1.Pick").runOut();
      assertThat(silent).hasSize(1);
      TaskRun.fail(parts(), TaskDesk.queue(pick(1)), task, Failure.of(Code.ABORTED, "fell silent"));
    }

    assertThat(depot.number("select count(*) from concordat.dead_letter")).isEqualTo(1);
  }

  @Test
  void aLeaseIsRenewedWhileTheHandlerRuns() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    var process = depot.process();
    var other = depot.process();
    List<Integer> attempts = new CopyOnWriteArrayList<>();
    for (var each : List.of(process, other)) {
      each.work(
          Pick.class,
          (task, lease) -> {
            attempts.add(lease.attempt());
            inside.countDown();
            goOn.await();
          });
      each.start();
    }
    Depot.enqueue(process, pick(1));
    inside.await();
    long first = until();
    Await.until("renewed", () -> until() > first);
    long second = until();
    Await.until("renewed again", () -> until() > second);
    goOn.countDown();
    Await.until("done", () -> depot.tasks() == 0);

    assertThat(attempts).containsExactly(1);
  }

  @Test
  void aHandlerThatTakesTooLongLosesItsLease() throws Exception {
    CountDownLatch cancelled = new CountDownLatch(1);
    List<Integer> attempts = new CopyOnWriteArrayList<>();
    var process = depot.process();
    process.work(
        Pick.class,
        WorkerOptions.DEFAULT.withMaxRun(Duration.ofSeconds(1)),
        (task, lease) -> {
          attempts.add(lease.attempt());
          if (lease.attempt() == 1) {
            CountDownLatch lost = new CountDownLatch(1);
            lease.cancellation().onCancel(lost::countDown);
            lost.await();
            cancelled.countDown();
            throw lease.cancellation().reason().orElseThrow();
          }
        });
    process.start();
    Depot.enqueue(process, pick(1));

    cancelled.await();
    Await.until("another attempt did it", () -> depot.tasks() == 0);
    assertThat(attempts).containsExactly(1, 2);
  }

  @Test
  void stoppingGivesUnfinishedTasksBack() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    var process = depot.process();
    process.work(
        Pick.class,
        (task, lease) -> {
          inside.countDown();
          new CountDownLatch(1).await();
        });
    process.start();
    Depot.enqueue(process, pick(1));
    inside.await();

    assertThat(process.stop(Duration.ofMillis(50))).isFalse();
    assertThat(
            depot.number(
                "select count(*) from concordat.task where state = 'ready' and attempt = 0"
                    + " and attempts = '{}'"))
        .isEqualTo(1);
  }

  @Test
  void stoppingLetsRunningTasksEnd() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    var process = depot.process();
    process.work(
        Pick.class,
        (task, lease) -> {
          inside.countDown();
          // Ends while the worker is being stopped: nobody else lets it.
          new CountDownLatch(1).await(100, java.util.concurrent.TimeUnit.MILLISECONDS);
        });
    process.start();
    Depot.enqueue(process, pick(1));
    inside.await();

    assertThat(process.stop(Duration.ofSeconds(10))).isTrue();
    assertThat(depot.tasks()).isZero();
  }

  @Test
  void aTaskOfAnotherOwnerCannotBeWorkedOn() {
    TaskDesk desk = new TaskDesk(parts("elsewhere"));
    assertThatThrownBy(
            () -> desk.work(TaskDesk.queue(pick(1)), (t, l) -> {}, WorkerOptions.DEFAULT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("are done by depot");
  }

  private Parts parts() {
    return parts("depot");
  }

  private Parts parts(String owner) {
    return new Parts(
        owner,
        UUID.randomUUID(),
        new Database(depot.database),
        new NoLog(),
        new dev.concordat.core.ContextCodec(
            dev.concordat.core.Clock.SYSTEM, dev.concordat.core.Limits.DEFAULT),
        new Topics(),
        new Signal(),
        new PersonalData(owner, Optional.empty()),
        EventsOptions.DEFAULT);
  }

  private static ClaimedTask claim(Database database) {
    return database
        .transact(c ->
            TaskClaims.claim(
                c,
                new TaskClaims.Wish(
                    TaskDesk.queue(pick(1)),
                    1,
                    new Shares().next(1),
                    Places.NONE,
                    UUID.randomUUID())))
        .tasks()
        .getFirst();
  }

  private static boolean done(Database database, ClaimedTask task) {
    return !database
        .transact(c ->
            TaskSettlement.done(c, new TreeMap<>(Map.of(task.id(), task.token())), Duration.ZERO))
        .isEmpty();
  }

  private static void write(Transaction<?> tx, int parcel) {
    try (var insert = tx.connection().prepareStatement("insert into effect values (?)")) {
      insert.setInt(1, parcel);
      insert.executeUpdate();
    } catch (SQLException e) {
      throw SqlFailures.of(e);
    }
  }

  /// As if the worker had not renewed for long.
  private void abandon() {
    depot.execute("update concordat.task set leased_until = now() - interval '1 s'");
  }

  private long until() {
    return depot.number(
        "select coalesce(extract(epoch from max(leased_until)) * 1000, 0)::bigint"
            + " from concordat.task");
  }

  private static Pick pick(int number) {
    return Pick.newBuilder().setNumber(number).build();
  }
}
