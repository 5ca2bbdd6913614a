package dev.concordat.events.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.core.Fanout;
import dev.concordat.events.Await;
import dev.concordat.events.Bank;
import dev.concordat.events.Events;
import dev.concordat.events.Postgres;
import dev.concordat.events.Transaction;
import dev.concordat.events.bank.v1.BankOwner;
import dev.concordat.events.bank.v1.Booked;
import dev.concordat.events.store.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OutboxTest {
  private Bank bank;
  private Events<BankOwner> events;

  @BeforeEach
  void open() {
    bank = new Bank();
    bank.open("a", "b", "c", "d");
    events = bank.process(Bank.options());
  }

  @AfterEach
  void close() {
    bank.close();
  }

  private void subscribe() {
    events.subscribe(
        Booked.class, "all", (event, tx) -> Bank.effect(tx.connection(), "all", event));
    events.start();
  }

  private void awaitAll() {
    Await.until("all are applied", () -> bank.effects() >= bank.booked(), () -> bank.verify("all"));
    assertThat(bank.verify("all")).isEqualTo(Bank.Verification.CLEAN);
  }

  @Test
  void aTransactionWithMoreThanATickHoldsIsToldWhole() throws SQLException {
    subscribe();
    try (Transaction<BankOwner> tx = events.begin()) {
      for (int i = 0; i < 2 * Ticks.SIZE + 7; i++) {
        Bank.book(tx, i % 2 == 0 ? "a" : "b");
      }
      tx.commit();
    }
    Bank.book(events, "a");

    awaitAll();
  }

  @Test
  void whatWasToldWhileNobodyListenedIsToldLater() {
    IntStream.range(0, 1_500).forEach(i -> Bank.book(events, "a"));

    subscribe();

    awaitAll();
  }

  @Test
  void anOldOpenTransactionHoldsNobodyUpAndIsToldAtItsTime() throws SQLException {
    subscribe();
    try (Transaction<BankOwner> old = events.begin()) {
      Bank.book(old, "a");
      Postgres.run(old.connection(), "insert into effect values (default, 'none', 'none', 0)");
      for (int i = 0; i < 50; i++) {
        Bank.book(events, "b");
      }
      Await.until("the others are told", () -> bank.effects("b") == 50);
      old.commit();
    }
    Await.until("the old one is told", () -> bank.effects("a") == 1);
    assertThat(bank.verify("all")).isEqualTo(Bank.Verification.CLEAN);
  }

  @Test
  void theOutboxIsEmptiedUnderLoadAndNothingIsLost() {
    Ticks ticks = new Ticks(new Database(bank.pool));
    Rotation rotation = new Rotation(new Database(bank.pool), 50, Duration.ofHours(1));
    subscribe();
    AtomicInteger rotations = new AtomicInteger();

    Fanout.both(
        () ->
            Fanout.each(
                List.of("a", "b", "c", "d"),
                account -> {
                  for (int i = 0; i < 3_000 && rotations.get() < 5; i++) {
                    Bank.book(events, account);
                  }
                  return rotations.addAndGet(5);
                }),
        () -> rotate(rotations, ticks, rotation),
        (a, b) -> true);

    assertThat(rotations.get()).isGreaterThanOrEqualTo(25);
    awaitAll();
  }

  /// Rotates in the sequencer's place, with its claim, far more often than it does.
  private boolean rotate(AtomicInteger rotations, Ticks ticks, Rotation rotation) {
    String producer = "bank/" + new Identity(new Database(bank.pool)).producer();
    String claim = "select epoch from concordat.claim where name = 'sequencer' and part = 0";
    Await.until("there is a sequencer", () -> !Postgres.numbers(bank.pool, claim).isEmpty());
    while (rotations.get() < 5) {
      long epoch = Postgres.number(bank.pool, claim);
      Tick last = ticks.last();
      boolean told = bank.log.appended(producer) >= last.number();
      if (told
          && last.number() > 0
          && last.complete()
          && rotation.perhaps(last, epoch, any -> true)) {
        rotations.incrementAndGet();
      }
    }
    return true;
  }

  @Test
  void aTableWithSomethingUntoldIsNotEmptied() throws SQLException {
    subscribe();
    Bank.book(events, "a");
    awaitAll();
    assertThat(events.stop(Bank.GRACE)).isTrue();
    Ticks ticks = new Ticks(new Database(bank.pool));
    Rotation rotation = new Rotation(new Database(bank.pool), 0, Duration.ZERO);
    Postgres.execute(
        bank.pool, "update concordat.claim set epoch = 7 where name = 'sequencer' and part = 0");
    Postgres.execute(bank.pool, "update concordat.outbox_slot set slot = 2");
    Bank.book(events, "b");
    Postgres.execute(bank.pool, "update concordat.outbox_slot set slot = 1");

    assertThat(rotation.perhaps(ticks.last(), 7, any -> true))
        .as("2 holds an untold row")
        .isFalse();
    assertThat(rotation.perhaps(ticks.last(), 6, any -> true)).as("not the sequencer").isFalse();
    Postgres.execute(bank.pool, "update concordat.outbox_slot set slot = 0");
    try (Connection writer = bank.pool.getConnection()) {
      writer.setAutoCommit(false);
      Postgres.run(writer, "lock table concordat.outbox_1 in row exclusive mode");
      assertThat(rotation.perhaps(ticks.last(), 7, any -> true))
          .as("somebody writes to 1")
          .isFalse();
      writer.rollback();
      writer.setAutoCommit(true);
    }
    assertThat(rotation.perhaps(ticks.last(), 7, any -> true)).as("1 is empty").isTrue();
  }

  @Test
  void aTransactionDoesNotOutliveItsDeadline() {
    Context hurried =
        Context.root().withDeadline(Deadline.after(Duration.ofMillis(300), Clock.SYSTEM));

    Assertions.assertThatThrownBy(() ->
            hurried.run(() -> {
              try (Transaction<BankOwner> tx = events.begin()) {
                Postgres.run(tx.connection(), "select pg_sleep(20)");
              }
            }))
        .hasRootCauseInstanceOf(SQLException.class);
    Assertions.assertThatThrownBy(() ->
            hurried.run(() -> {
              try (Transaction<BankOwner> tx = events.begin()) {
                tx.commit();
              }
            }))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.code()).isEqualTo(Code.DEADLINE_EXCEEDED));
  }
}
