package dev.concordat.events.sagas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Deadline;
import dev.concordat.events.Await;
import dev.concordat.events.Bank;
import dev.concordat.events.Events;
import dev.concordat.events.Postgres;
import dev.concordat.events.bank.v1.BankOwner;
import dev.concordat.events.bank.v1.Booked;
import dev.concordat.events.sagas.SagaOutcome.Completed;
import dev.concordat.events.sagas.SagaOutcome.Failed;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SagaWaitTest {
  private static final Duration LONG = Duration.ofMinutes(30);
  private static final Booked NONE = Booked.getDefaultInstance();

  private final Bank bank = new Bank();
  private final List<String> log = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    bank.close();
  }

  @Test
  void aSagaGoesOnWhenItsEventComes() {
    var events = bank.process(Bank.options());
    var type = waiting(events, LONG);
    events.start();
    start(events, type, "a");
    awaitWaiting();

    Bank.book(events, "b");
    assertThat(waits()).isEqualTo(1);
    Bank.book(events, "a");

    assertThat(await(type, "a")).isEqualTo(new Completed<>(booked("a", 1)));
    assertThat(log).containsExactly("before a", "after 1");
  }

  @Test
  void anEventThatCameBeforeTheSagaWaitsIsHeard() {
    var events = bank.process(Bank.options());
    var type =
        define(
            events,
            "early",
            (saga, in) -> {
              saga.step(
                  "cause",
                  () -> {
                    Bank.book(events, in.getAccount());
                    Await.until("kept", () -> kept() == 1);
                  });
              return saga.require("booked", Booked.class, in.getAccount(), LONG);
            });
    events.start();
    start(events, type, "a");

    assertThat(await(type, "a")).isEqualTo(new Completed<>(booked("a", 1)));
  }

  @Test
  void eachWaitHearsAnEventOfItsOwnInTheirOrder() {
    var events = bank.process(Bank.options());
    var type =
        define(
            events,
            "two",
            (saga, in) -> {
              long first = saga.require("one", Booked.class, "a", LONG).getNumber();
              long second = saga.require("two", Booked.class, "a", LONG).getNumber();
              return booked("a", first * 10 + second);
            });
    events.start();
    bank.open("a");
    Bank.book(events, "a");
    Await.until("kept", () -> kept() == 1);
    start(events, type, "a");
    awaitWaiting();
    Bank.book(events, "a");
    Bank.book(events, "a");

    assertThat(await(type, "a")).isEqualTo(new Completed<>(booked("a", 23)));
  }

  @Test
  void anEventThatDoesNotComeIsAnAnswerOrAFailureAsTheCodeSays() {
    var events = bank.process(Bank.options());
    var answer = waiting(events, Duration.ofMillis(30));
    var failure =
        define(
            events,
            "failing",
            (saga, in) -> {
              saga.undo("take back", () -> log.add("taken back"));
              return saga.require("booked", Booked.class, "f", Duration.ofMillis(30));
            });
    events.start();
    start(events, answer, "a");
    start(events, failure, "f");

    assertThat(await(answer, "a")).isEqualTo(new Completed<>(NONE));
    var why = ((Failed<Booked>) await(failure, "f")).failure();
    assertThat(why.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
    assertThat(why.details().reason()).isEqualTo("SAGA_EVENT_MISSING");
    assertThat(log).contains("taken back");
  }

  @Test
  void anyProcessGoesOnWithASagaThatWaited() {
    var first = bank.process(Bank.options());
    var type = waiting(first, LONG);
    first.start();
    start(first, type, "a");
    awaitWaiting();
    first.stop(Bank.GRACE);

    var second = bank.process(Bank.options());
    var there = waiting(second, LONG);
    second.start();
    Bank.book(second, "a");

    assertThat(await(there, "a")).isEqualTo(new Completed<>(booked("a", 1)));
    assertThat(log).containsExactly("before a", "after 1");
  }

  @Test
  void whoSleepsIsWokenInTimeByWhateverProcess() {
    var first = bank.process(Bank.options());
    var type = sleeping(first);
    first.start();
    start(first, type, "a");
    awaitWaiting();
    first.stop(Bank.GRACE);
    Postgres.execute(
        bank.pool,
        "update concordat.saga set waits_until = now(), due_at = now() where waits_name = 'nap'");

    var second = bank.process(Bank.options());
    var there = sleeping(second);
    second.start();
    assertThat(await(there, "a")).isInstanceOf(Completed.class);
    assertThat(log).containsExactly("asleep", "awake");
  }

  @Test
  void aSagaThatWaitsIsCancelledAtOnceAndRunsOutOfItsOwnTime() {
    var events = bank.process(Bank.options());
    var type = waiting(events, LONG);
    events.start();
    start(events, type, "a");
    awaitWaiting();
    assertThat(type.cancel("a", "no longer wanted")).isEqualTo(SagaCancel.REQUESTED);
    assertThat(((Failed<Booked>) await(type, "a")).failure().message())
        .isEqualTo("no longer wanted");

    try (var tx = events.begin()) {
      type.start(tx, "late", booked("late", 0), Duration.ofMillis(50));
      tx.commit();
    }
    assertThat(((Failed<Booked>) await(type, "late")).failure().details().reason())
        .isEqualTo("SAGA_TIMEOUT");
    assertThat(waits()).isZero();
  }

  /// Arrivals and waits that meet: none is missed.
  @Test
  void noEventIsMissedHoweverArrivalsAndWaitsMeet() {
    var events = bank.process(Bank.options());
    var type = waiting(events, LONG);
    events.start();
    for (int i = 0; i < 60; i++) {
      start(events, type, "k" + i);
      Bank.book(events, "k" + i);
    }
    for (int i = 0; i < 60; i++) {
      assertThat(await(type, "k" + i)).isEqualTo(new Completed<>(booked("k" + i, 1)));
    }
  }

  @Test
  void codeThatWaitsForWhatNobodyListensToIsShown() {
    var events = bank.process(Bank.options());
    var type =
        events
            .sagas()
            .define("deaf", NONE, NONE, (saga, in) -> saga.require("x", Booked.class, "a", LONG));
    events.start();
    start(events, type, "a");

    Await.until("stuck", () -> !events.sagas().stuck().isEmpty());
    assertThat(events.sagas().stuck().getFirst().because()).contains("listen", "bank.v1.Booked");
  }

  private SagaType<Booked, Booked> waiting(Events<BankOwner> events, Duration atMost) {
    return define(
        events,
        "waiting",
        (saga, in) -> {
          saga.step("before", () -> log.add("before " + in.getAccount()));
          Optional<Booked> came = saga.waitFor("booked", Booked.class, in.getAccount(), atMost);
          saga.step("after", () -> log.add("after " + came.orElse(NONE).getNumber()));
          return came.orElse(NONE);
        });
  }

  private SagaType<Booked, Booked> sleeping(Events<BankOwner> events) {
    return define(
        events,
        "sleeping",
        (saga, in) -> {
          saga.step("before", () -> log.add("asleep"));
          saga.sleep("nap", LONG);
          saga.step("after", () -> log.add("awake"));
          return in;
        });
  }

  private static SagaType<Booked, Booked> define(
      Events<BankOwner> events, String name, SagaCode<Booked, Booked, BankOwner> code) {
    events.sagas().listen(Booked.class);
    return events.sagas().define(name, NONE, NONE, code);
  }

  private void start(Events<BankOwner> events, SagaType<Booked, Booked> type, String id) {
    bank.open(id, "b");
    try (var tx = events.begin()) {
      type.start(tx, id, booked(id, 0));
      tx.commit();
    }
  }

  private void awaitWaiting() {
    Await.until("it waits", () -> waits() == 1);
  }

  private long waits() {
    return Postgres.number(
        bank.pool,
        "select count(*) from concordat.saga where waits_name is not null and worker is null");
  }

  private long kept() {
    return Postgres.number(bank.pool, "select count(*) from concordat.saga_event");
  }

  private static SagaOutcome<Booked> await(SagaType<Booked, Booked> type, String id) {
    return type.await(id, Deadline.after(Duration.ofSeconds(30), Clock.SYSTEM));
  }

  private static Booked booked(String account, long number) {
    return Booked.newBuilder().setAccount(account).setNumber(number).build();
  }
}
