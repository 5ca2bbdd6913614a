package dev.concordat.events.sagas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.core.Fanout;
import dev.concordat.events.Await;
import dev.concordat.events.Depot;
import dev.concordat.events.Events;
import dev.concordat.events.depot.v1.DepotOwner;
import dev.concordat.events.depot.v1.Parcel;
import dev.concordat.events.sagas.SagaOutcome.Completed;
import dev.concordat.events.sagas.SagaOutcome.Failed;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SagaCancelTest {
  private static final Parcel NONE = Parcel.getDefaultInstance();

  private final Depot depot = new Depot();
  private final Partners partners = new Partners();
  private final Events<DepotOwner> events = depot.process();

  @AfterEach
  void close() {
    depot.close();
  }

  @Test
  void aCancelledSagaStopsBeforeItsNextStepAndUndoes() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    var type =
        events
            .sagas()
            .define(
                "checkout",
                NONE,
                NONE,
                (saga, input) -> {
                  saga.undo("release", () -> partners.release(saga.id()));
                  saga.step(
                      "reserve",
                      () -> {
                        inside.countDown();
                        goOn.await();
                        partners.reserve(saga.id());
                      });
                  saga.step("charge", () -> partners.charge(saga.id()));
                  return input;
                });
    events.start();
    start(type, "o1");
    inside.await();
    try (var tx = events.begin()) {
      assertThat(type.cancel(tx, "o1", "not wanted any more")).isEqualTo(SagaCancel.REQUESTED);
      tx.commit();
    }
    goOn.countDown();

    assertThat(await(type, "o1"))
        .isInstanceOfSatisfying(
            Failed.class,
            failed -> {
              Failure failure = failed.failure();
              assertThat(failure.code()).isEqualTo(Code.CANCELLED);
              assertThat(failure.message()).isEqualTo("not wanted any more");
            });
    assertThat(partners.log()).containsExactly("reserve", "release");
    assertThat(type.cancel("o1", "again")).isEqualTo(SagaCancel.TOO_LATE);
    assertThat(type.cancel("o2", "who?")).isEqualTo(SagaCancel.UNKNOWN);
  }

  @Test
  void aCancelFromAnotherProcessIsSeenAtTheNextRecord() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    var other = depot.process();
    SagaCode<Parcel, Parcel, DepotOwner> code =
        (saga, input) -> {
          saga.step(
              "slow",
              () -> {
                inside.countDown();
                goOn.await();
              });
          saga.check();
          saga.step("charge", () -> partners.charge(saga.id()));
          return input;
        };
    var type = events.sagas().define("checkout", NONE, NONE, code);
    var seenElsewhere = other.sagas().define("checkout", NONE, NONE, code);
    events.start();
    start(type, "o1");
    inside.await();
    assertThat(seenElsewhere.cancel("o1", "no")).isEqualTo(SagaCancel.REQUESTED);
    goOn.countDown();

    assertThat(await(seenElsewhere, "o1")).isInstanceOf(Failed.class);
    assertThat(partners.log()).isEmpty();
  }

  /// Cancelling an order against concluding it, both in transactions on the order's row: one wins,
  /// and everybody says the same.
  @Test
  void cancelAndConclusionAreDecidedByTheDatabase() {
    depot.execute("create table orders (id text primary key, status text)");
    var type =
        events
            .sagas()
            .define(
                "checkout",
                NONE,
                NONE,
                (saga, input) -> {
                  saga.step("reserve", () -> partners.reserve(saga.id()));
                  return saga.conclude(
                      "confirm",
                      tx -> {
                        set(tx.connection(), saga.id(), "CONFIRMED");
                        return input;
                      });
                });
    events.start();
    Map<SagaCancel, Integer> answers = new EnumMap<>(SagaCancel.class);
    for (int i = 0; i < 60; i++) {
      String order = "o" + i;
      depot.execute("insert into orders values ('" + order + "', 'PENDING')");
      SagaCancel answer =
          Fanout.both(
              () -> {
                start(type, order);
                return await(type, order);
              },
              () -> cancelWhenPending(type, order),
              (outcome, cancel) -> {
                boolean completed = outcome instanceof Completed;
                assertThat(completed).isEqualTo(cancel == SagaCancel.TOO_LATE);
                return cancel;
              });
      answers.merge(answer, 1, Integer::sum);
      assertThat(
              depot.number(
                  "select count(*) from orders where id = '"
                      + order
                      + "' and status = '"
                      + (answer == SagaCancel.TOO_LATE ? "CONFIRMED" : "CANCELLED")
                      + "'"))
          .isEqualTo(1);
    }
    assertThat(IntStream.of(answers.getOrDefault(SagaCancel.UNKNOWN, 0)).sum()).isZero();
  }

  private SagaCancel cancelWhenPending(SagaType<Parcel, Parcel> type, String order) {
    SagaCancel[] answer = {SagaCancel.UNKNOWN};
    Await.until(
        "the saga is there",
        () -> {
          try (var tx = events.begin()) {
            // The order first, as in the saga's own transaction.
            set(tx.connection(), order, "CANCELLED");
            answer[0] = type.cancel(tx, order, "no");
            if (answer[0] == SagaCancel.REQUESTED) {
              tx.commit();
            }
          }
          return answer[0] != SagaCancel.UNKNOWN;
        });
    return answer[0];
  }

  private static void set(Connection connection, String order, String status) throws SQLException {
    try (var update = connection.prepareStatement("update orders set status = ? where id = ?")) {
      update.setString(1, status);
      update.setString(2, order);
      update.executeUpdate();
    }
  }

  private boolean start(SagaType<Parcel, Parcel> type, String id) {
    try (var tx = events.begin()) {
      boolean started = type.start(tx, id, NONE);
      tx.commit();
      return started;
    }
  }

  private static SagaOutcome<Parcel> await(SagaType<Parcel, Parcel> type, String id) {
    return type.await(id, Deadline.after(Duration.ofSeconds(30), Clock.SYSTEM));
  }
}
