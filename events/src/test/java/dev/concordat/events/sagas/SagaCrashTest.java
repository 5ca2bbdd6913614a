package dev.concordat.events.sagas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.events.Await;
import dev.concordat.events.Depot;
import dev.concordat.events.Events;
import dev.concordat.events.EventsOptions;
import dev.concordat.events.Transaction;
import dev.concordat.events.depot.v1.DepotOwner;
import dev.concordat.events.depot.v1.Parcel;
import dev.concordat.events.sagas.SagaOutcome.Completed;
import dev.concordat.events.sagas.SagaOutcome.Failed;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Ends the process at every point of a saga, lets another one go on, and looks whether the end is
/// the same as if nothing had happened.
class SagaCrashTest {
  private static final Parcel NONE = Parcel.getDefaultInstance();
  private final Failure declined = Failure.of(Code.FAILED_PRECONDITION, "declined");

  private final Depot depot = new Depot();
  private final Partners partners = new Partners();
  private final AtomicInteger pointsLeft = new AtomicInteger(-1);
  private final List<String> points = new CopyOnWriteArrayList<>();

  @BeforeEach
  void tables() {
    depot.execute("create table confirmed (id text)");
  }

  @AfterEach
  void close() {
    depot.close();
  }

  /// How the last step is done: properly, or in a way that must be found out.
  private interface Confirming {
    Parcel confirm(Events<DepotOwner> process, Saga<DepotOwner> saga, String order);
  }

  private static final Confirming TRANSACTED =
      (process, saga, order) -> saga.transact("confirm", NONE, tx -> insert(tx, order));

  private static final Confirming CONCLUDED =
      (process, saga, order) -> saga.conclude("confirm", tx -> insert(tx, order));

  /// Effect and record in two transactions.
  private static final Confirming TORN =
      (process, saga, order) ->
          saga.step(
              "confirm",
              NONE,
              () -> {
                try (var tx = process.begin()) {
                  Parcel parcel = insert(tx, order);
                  tx.commit();
                  return parcel;
                }
              });

  @Test
  void aCrashAnywhereOnTheGoodWayEndsCompleted() {
    int all = pointsOf(TRANSACTED, "good");
    assertThat(all).isGreaterThan(8);
    for (int crash = 0; crash < all; crash++) {
      String order = crashAt(crash, TRANSACTED);
      assertThat(confirmed(order)).as("confirmed, crash at " + points).isEqualTo(1);
      assertThat(partners.reserved(order)).as("reserved, crash at " + points).isEqualTo(1);
      assertThat(partners.charged(order)).as("charged, crash at " + points).isEqualTo(1);
    }
  }

  @Test
  void aCrashAnywhereBeforeTheConclusionEndsCompleted() {
    int all = pointsOf(CONCLUDED, "good");
    assertThat(all).isGreaterThan(8);
    for (int crash = 0; crash < all; crash++) {
      String order = crashAt(crash, CONCLUDED);
      assertThat(confirmed(order)).as("confirmed, crash at " + points).isEqualTo(1);
      assertThat(partners.charged(order)).as("charged, crash at " + points).isEqualTo(1);
    }
  }

  @Test
  void aCrashAnywhereOnTheBadWayEndsUndone() {
    partners.declines = Optional.of(declined);
    int all = pointsOf(TRANSACTED, "bad");
    assertThat(points).contains("failing", "before refund", "after release", "recorded release");
    for (int crash = 0; crash < all; crash++) {
      String order = crashAt(crash, TRANSACTED);
      assertThat(confirmed(order)).as("confirmed, crash at " + points).isZero();
      assertThat(partners.reserved(order)).as("reserved, crash at " + points).isZero();
      assertThat(partners.charged(order)).as("charged, crash at " + points).isZero();
    }
  }

  /// The proof that the sweep finds what it looks for.
  @Test
  void anEffectOutsideOfItsRecordHappensTwice() {
    List<Long> counts = new ArrayList<>();
    int all = pointsOf(TORN, "torn");
    assertThat(all).isGreaterThan(8);
    for (int crash = 0; crash < all; crash++) {
      counts.add(confirmed(crashAt(crash, TORN)));
    }
    assertThat(counts).contains(2L);
  }

  @Test
  void aZombieRecordsNothing() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    AtomicInteger runs = new AtomicInteger();
    List<SagaType<Parcel, Parcel>> types = new ArrayList<>();
    List<Events<DepotOwner>> processes = List.of(depot.process(), depot.process());
    for (var process : processes) {
      types.add(
          process
              .sagas()
              .define(
                  "zombie",
                  NONE,
                  NONE,
                  (saga, input) -> {
                    saga.step(
                        "slow",
                        () -> {
                          if (runs.incrementAndGet() == 1) {
                            inside.countDown();
                            goOn.await();
                          }
                        });
                    try {
                      return saga.transact("confirm", NONE, tx -> insert(tx, saga.id()));
                    } finally {
                      over.countDown();
                    }
                  }));
    }
    processes.getFirst().start();
    start(processes.getFirst(), types.getFirst(), "z");
    inside.await();
    abandon();
    processes.getLast().start();

    assertThat(await(types.getLast(), "z")).isInstanceOf(Completed.class);
    goOn.countDown();
    processes.getFirst().stop(Duration.ofSeconds(10));
    over.await();
    assertThat(runs).hasValue(2);
    assertThat(confirmed("z")).isEqualTo(1);
    assertThat(depot.number("select count(*) from concordat.saga_step")).isEqualTo(2);
  }

  /// Cancelled while a step may have begun of which nothing is recorded: it is undone.
  @Test
  void whatMayHaveBegunBeforeACrashIsUndoneAfterACancel() {
    AtomicInteger charges = new AtomicInteger();
    Crashing crashing = new Crashing("after charge");
    List<SagaType<Parcel, Parcel>> types = new ArrayList<>();
    var first = depot.process(EventsOptions.DEFAULT, crashing);
    var second = depot.process();
    for (var process : List.of(first, second)) {
      types.add(
          process
              .sagas()
              .define(
                  "checked",
                  NONE,
                  NONE,
                  (saga, input) -> {
                    saga.undo("release", () -> partners.release(saga.id()));
                    saga.step("reserve", () -> partners.reserve(saga.id()));
                    saga.check();
                    saga.undo("refund", () -> partners.refund(saga.id()));
                    saga.step(
                        "charge",
                        () -> {
                          charges.incrementAndGet();
                          partners.charge(saga.id());
                        });
                    return input;
                  }));
    }
    first.start();
    start(first, types.getFirst(), "c");
    Await.until("crashed", crashing::crashed);
    first.stop(Duration.ZERO);
    assertThat(types.getLast().cancel("c", "changed my mind")).isEqualTo(SagaCancel.REQUESTED);
    abandon();
    second.start();

    assertThat(await(types.getLast(), "c"))
        .isInstanceOfSatisfying(
            Failed.class, failed -> assertThat(failed.failure().code()).isEqualTo(Code.CANCELLED));
    assertThat(charges).as("not charged again just to be refunded").hasValue(1);
    assertThat(partners.charged("c")).isZero();
    assertThat(partners.reserved("c")).isZero();
  }

  private int pointsOf(Confirming confirming, String name) {
    pointsLeft.set(-1);
    points.clear();
    run("dry-" + name, confirming);
    return points.size();
  }

  private String crashAt(int point, Confirming confirming) {
    points.clear();
    pointsLeft.set(point);
    String order = "crash-" + point;
    run(order, confirming);
    assertThat(pointsLeft).as("crashed").hasValue(-1);
    return order;
  }

  /// One saga from its start to its end, on a process that may crash and one that goes on.
  private void run(String order, Confirming confirming) {
    boolean crashes = pointsLeft.get() >= 0;
    var first = depot.process(EventsOptions.DEFAULT, this::reached);
    var second = depot.process();
    var started = define(first, confirming);
    var resumed = define(second, confirming);
    first.start();
    start(first, started, order);
    if (crashes) {
      Await.until("crashed", () -> pointsLeft.get() == -1);
      first.stop(Duration.ZERO);
      abandon();
    }
    second.start();
    var _ = await(resumed, order);
    first.stop(Duration.ZERO);
    second.stop(Duration.ZERO);
  }

  private void reached(String point) {
    points.add(point);
    if (pointsLeft.get() >= 0 && pointsLeft.decrementAndGet() == -1) {
      throw new SagaInterrupted(new SagaInterrupted.Why.Lost(), null);
    }
  }

  private SagaType<Parcel, Parcel> define(Events<DepotOwner> process, Confirming confirming) {
    return process
        .sagas()
        .define(
            "checkout",
            NONE,
            NONE,
            (saga, input) -> {
              saga.undo("release", () -> partners.release(saga.id()));
              saga.step("reserve", () -> partners.reserve(saga.id()));
              saga.undo("refund", () -> partners.refund(saga.id()));
              saga.step("charge", () -> partners.charge(saga.id()));
              return confirming.confirm(process, saga, saga.id());
            });
  }

  private static Parcel insert(Transaction<DepotOwner> tx, String order) throws SQLException {
    try (var insert = tx.connection().prepareStatement("insert into confirmed values (?)")) {
      insert.setString(1, order);
      insert.executeUpdate();
    }
    return NONE;
  }

  private long confirmed(String order) {
    return depot.number("select count(*) from confirmed where id = '" + order + "'");
  }

  /// As if the process that has them had been silent for long.
  private void abandon() {
    depot.execute(
        "update concordat.saga set due_at = now() where state in ('running', 'compensating')");
  }

  private static void start(Events<DepotOwner> process, SagaType<Parcel, Parcel> type, String id) {
    try (var tx = process.begin()) {
      type.start(tx, id, NONE);
      tx.commit();
    }
  }

  private static SagaOutcome<Parcel> await(SagaType<Parcel, Parcel> type, String id) {
    return type.await(id, Deadline.after(Duration.ofSeconds(30), Clock.SYSTEM));
  }

  /// Crashes once, at the point with this name.
  private static final class Crashing implements SagaProbe {
    private final String point;
    private volatile boolean crashed;

    Crashing(String point) {
      this.point = point;
    }

    boolean crashed() {
      return crashed;
    }

    @Override
    public void reached(String at) {
      if (at.equals(point) && !crashed) {
        crashed = true;
        throw new SagaInterrupted(new SagaInterrupted.Why.Lost(), null);
      }
    }
  }
}
