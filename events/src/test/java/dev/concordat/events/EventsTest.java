package dev.concordat.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.bank.v1.BankOwner;
import dev.concordat.events.bank.v1.Booked;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

public class EventsTest {
  private Bank bank;
  private Events<BankOwner> events;

  /// On which log it is tried.
  protected Bank bank() {
    return new Bank();
  }

  @BeforeEach
  final void open() {
    bank = bank();
    bank.open("a", "b", "c");
    events = bank.process(Bank.options());
  }

  @AfterEach
  final void close() {
    bank.close();
  }

  private void subscribe(String name) {
    events.subscribe(Booked.class, name, (event, tx) -> Bank.effect(tx.connection(), name, event));
  }

  @Test
  void whatIsCommittedIsToldToEverySubscription() {
    subscribe("receipts");
    subscribe("analytics");
    events.start();

    Bank.book(events, "a");
    Bank.book(events, "b");
    Bank.book(events, "a");

    Await.until("both have applied all", () -> bank.effects() == 6);
    assertThat(bank.verify("receipts")).isEqualTo(Bank.Verification.CLEAN);
    assertThat(bank.verify("analytics")).isEqualTo(Bank.Verification.CLEAN);
  }

  @Test
  void whatIsRolledBackIsNeverTold() throws SQLException {
    subscribe("receipts");
    events.start();

    try (Transaction<BankOwner> tx = events.begin()) {
      Bank.book(tx, "a");
    }
    Bank.book(events, "b");

    Await.until("b is applied", () -> bank.effects("b") == 1);
    assertThat(bank.effects()).isEqualTo(1);
    assertThat(bank.booked()).isEqualTo(1);
  }

  @Test
  void aTransactionOfTheCallersOwnIsJoined() throws SQLException {
    subscribe("receipts");
    events.start();

    try (var connection = bank.pool.getConnection()) {
      connection.setAutoCommit(false);
      try (Transaction<BankOwner> tx = events.join(connection)) {
        Bank.book(tx, "a");
      }
      connection.commit();
      events.wake();
      try (Transaction<BankOwner> tx = events.join(connection)) {
        Bank.book(tx, "b");
      }
      connection.rollback();
    }

    Await.until("a is applied", () -> bank.effects("a") == 1);
    Bank.book(events, "c");
    Await.until("c is applied", () -> bank.effects("c") == 1);
    assertThat(bank.effects("b")).isZero();
  }

  @Test
  void whatAHandlerPublishesIsPartOfItsTransaction() {
    Set<String> told = ConcurrentHashMap.newKeySet();
    events.subscribe(
        Booked.class,
        "echo",
        (event, tx) -> {
          if (event.getAccount().equals("a")) {
            Bank.book(tx, "b");
          }
        });
    events.subscribe(
        Booked.class, "all", (event, tx) -> told.add(event.getAccount() + event.getNumber()));
    events.start();

    Bank.book(events, "a");

    Await.until("the echo is heard", () -> told.equals(Set.of("a1", "b1")), () -> told);
  }

  @Test
  void aFailedHandlersEffectIsRolledBackAndTriedAgain() {
    AtomicInteger tries = new AtomicInteger();
    events.subscribe(
        Booked.class,
        "receipts",
        (event, tx) -> {
          Bank.effect(tx.connection(), "receipts", event);
          if (tries.incrementAndGet() < 3) {
            throw Retry.after(java.time.Duration.ofMillis(1));
          }
        });
    events.start();

    Bank.book(events, "a");

    Await.until("it is applied", () -> bank.effects() == 1 && tries.get() == 3, tries::get);
    Await.until(
        "nothing is parked",
        () -> Postgres.number(bank.pool, "select count(*) from concordat.retry") == 0);
    assertThat(events.deadLetters().count()).isZero();
  }

  @Test
  void poisonedKeyDoesNotDelayOthers() {
    CountDownLatch mended = new CountDownLatch(1);
    events.subscribe(
        Booked.class,
        "receipts",
        (event, tx) -> {
          if (event.getAccount().equals("a") && mended.getCount() > 0) {
            throw new IllegalStateException("a cannot be handled");
          }
          Bank.effect(tx.connection(), "receipts", event);
        });
    events.start();

    for (int i = 0; i < 20; i++) {
      Bank.book(events, "a");
      Bank.book(events, "b");
      Bank.book(events, "c");
    }

    Await.until("the others get on", () -> bank.effects() == 40);
    assertThat(bank.effects("a")).isZero();
    mended.countDown();
    Await.until("a is applied, too", () -> bank.effects("a") == 20);
    assertThat(bank.verify("receipts")).isEqualTo(Bank.Verification.CLEAN);
    Bank.book(events, "a");
    Await.until("a goes on", () -> bank.effects("a") == 21);
    assertThat(bank.verify("receipts")).isEqualTo(Bank.Verification.CLEAN);
  }

  @Test
  void aDependencyThatIsDownPausesAndCostsNoAttempt() {
    AtomicInteger down = new AtomicInteger(5);
    events.subscribe(
        Booked.class,
        "receipts",
        Bank.options().subscriptions().withAttempts(2),
        (event, tx) -> {
          if (down.getAndDecrement() > 0) {
            throw Failure.of(Code.UNAVAILABLE, "the mail server is down");
          }
          Bank.effect(tx.connection(), "receipts", event);
        });
    events.start();

    Bank.book(events, "a");
    Bank.book(events, "a");

    Await.until("it is applied", () -> bank.effects() == 2, () -> down);
    assertThat(Postgres.number(bank.pool, "select count(*) from concordat.dead_letter")).isZero();
    assertThat(bank.verify("receipts")).isEqualTo(Bank.Verification.CLEAN);
  }

  @Test
  void oneMessageThatAlwaysFindsItsDependencyDownDoesNotHoldUpTheRest() {
    onlyAIsDown(new AtomicInteger());
    for (int i = 0; i < 20; i++) {
      Bank.book(events, "a");
      Bank.book(events, "b");
    }
    Await.until("b gets on", () -> bank.effects("b") == 20);
    AtomicInteger more = new AtomicInteger(20);
    Await.until(
        "a is parked while b goes on",
        () -> {
          bookOneMore(more);
          return parked();
        });
  }

  @Test
  void suchAMessageIsFoundAlsoWhenTheRestHasLittleToDo() {
    AtomicInteger tries = new AtomicInteger();
    onlyAIsDown(tries);
    Bank.book(events, "a");
    AtomicInteger more = new AtomicInteger();
    Await.until(
        "a is parked while b goes on",
        () -> {
          bookOneMore(more);
          int tried = tries.get();
          Await.until(
              "a is tried twice without anybody else in between",
              () -> tries.get() > tried + 2 || parked());
          return parked();
        });
  }

  private void onlyAIsDown(AtomicInteger tries) {
    events.subscribe(
        Booked.class,
        "receipts",
        (event, tx) -> {
          if (event.getAccount().equals("a")) {
            tries.incrementAndGet();
            throw Pause.because("only a is down");
          }
          Bank.effect(tx.connection(), "receipts", event);
        });
    events.start();
  }

  private void bookOneMore(AtomicInteger booked) {
    Bank.book(events, "b");
    int expected = booked.incrementAndGet();
    Await.until("b gets on", () -> bank.effects("b") == expected);
  }

  private boolean parked() {
    return Postgres.number(bank.pool, "select count(*) from concordat.retry") > 0;
  }

  @Test
  void aStoppedServiceGoesOnWhereItWas() {
    subscribe("receipts");
    events.start();
    Bank.book(events, "a");
    Await.until("it is applied", () -> bank.effects() == 1);
    assertThat(events.stop(Bank.GRACE)).isTrue();

    Events<BankOwner> next = bank.process(Bank.options());
    Bank.book(next, "a");
    next.subscribe(
        Booked.class, "receipts", (event, tx) -> Bank.effect(tx.connection(), "receipts", event));
    next.start();

    Await.until("it goes on", () -> bank.effects() == 2);
    assertThat(bank.order("receipts")).isEqualTo(List.of("a1", "a2"));
  }
}
