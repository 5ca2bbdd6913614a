package dev.concordat.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Failure;
import dev.concordat.core.Fanout;
import dev.concordat.events.bank.v1.BankOwner;
import dev.concordat.events.bank.v1.Booked;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Connections die at each step there is: every step may be repeated, none may be lost.
class RecoveryTest {
  private static final int MOST_STEPS = 40;

  private Bank bank;
  private Events<BankOwner> events;

  @BeforeEach
  void open() {
    bank = new Bank();
    bank.open("a", "b");
    events = bank.process(Bank.options());
  }

  @AfterEach
  void close() {
    bank.close();
  }

  private void subscribe() {
    events.subscribe(
        Booked.class, "all", (event, tx) -> Bank.effect(tx.connection(), "all", event));
  }

  /// Lets the connection die at the first step, the second, … until there are no more.
  private int dieAtEachStep(String thread, boolean after, Runnable round) {
    int step = 1;
    boolean fired = true;
    while (fired && step < MOST_STEPS) {
      bank.faults.arm(thread, step, after);
      round.run();
      fired = bank.faults.disarm();
      step++;
    }
    return step - 1;
  }

  private void bookAndAwait() {
    Bank.book(events, "a");
    Bank.book(events, "b");
    Bank.book(events, "a");
    Await.until("all are applied", () -> bank.effects() >= bank.booked(), () -> bank.verify("all"));
  }

  @Test
  void theSequencerMayDieBeforeEachStep() {
    subscribe();
    events.start();
    bookAndAwait();

    int steps = dieAtEachStep(".sequencer", false, this::bookAndAwait);

    assertThat(steps).isGreaterThan(5);
    assertThat(bank.verify("all")).isEqualTo(Bank.Verification.CLEAN);
  }

  @Test
  void theSequencerMayDieAfterEachStep() {
    subscribe();
    events.start();
    bookAndAwait();

    int steps = dieAtEachStep(".sequencer", true, this::bookAndAwait);

    assertThat(steps).isGreaterThan(5);
    assertThat(bank.verify("all")).isEqualTo(Bank.Verification.CLEAN);
    assertThat(logged()).as("appended once").isEqualTo(bank.booked());
  }

  @Test
  void aHandlersTransactionMayDieBeforeAndAfterEachStep() {
    subscribe();
    events.start();
    bookAndAwait();

    int before = dieAtEachStep("subscription/all.lane", false, this::bookAndAwait);
    int after = dieAtEachStep("subscription/all.lane", true, this::bookAndAwait);

    assertThat(before).isGreaterThan(3);
    assertThat(after).isGreaterThan(3);
    assertThat(bank.verify("all")).isEqualTo(Bank.Verification.CLEAN);
  }

  @Test
  void parkingAndRetryingMayDieAfterEachStep() {
    AtomicInteger calls = new AtomicInteger();
    events.subscribe(
        Booked.class,
        "all",
        (event, tx) -> {
          Bank.effect(tx.connection(), "all", event);
          if (event.getAccount().equals("a") && calls.incrementAndGet() % 3 != 0) {
            throw Retry.after(java.time.Duration.ofMillis(1));
          }
        });
    events.start();
    bookAndAwait();

    int steps = dieAtEachStep("subscription/all.lane", true, this::bookAndAwait);

    assertThat(steps).isGreaterThan(8);
    assertThat(bank.verify("all")).isEqualTo(Bank.Verification.CLEAN);
    Await.until(
        "nothing stays behind",
        () -> Postgres.number(bank.pool, "select count(*) from concordat.retry") == 0);
  }

  @Test
  void whatWasAppliedBeforeTheCursorWasWrittenIsNotAppliedAgain() {
    subscribe();
    events.start();
    bookAndAwait();
    assertThat(events.stop(Bank.GRACE)).isTrue();

    Postgres.execute(bank.pool, "truncate concordat.cursor");
    events = bank.process(Bank.options());
    AtomicInteger handled = new AtomicInteger();
    events.subscribe(
        Booked.class,
        "all",
        (event, tx) -> {
          handled.incrementAndGet();
          Bank.effect(tx.connection(), "all", event);
        });
    events.start();
    bookAndAwait();

    assertThat(handled.get()).isEqualTo(3);
    assertThat(bank.verify("all")).isEqualTo(Bank.Verification.CLEAN);
  }

  @Test
  void aRestoredDatabaseLosesNothing() {
    subscribe();
    events.start();
    bookAndAwait();
    assertThat(events.stop(Bank.GRACE)).isTrue();

    // As after a restore from an hour ago: the log knows ticks that the database does not.
    Postgres.execute(bank.pool, "truncate concordat.tick");
    events = bank.process(Bank.options());
    subscribe();
    events.start();
    bookAndAwait();

    assertThat(bank.verify("all")).isEqualTo(Bank.Verification.CLEAN);
  }

  @Test
  void bothDatabasesMayGoAwayAgainAndAgain() {
    subscribe();
    events.start();

    Fanout.both(
        () -> {
          Fanout.each(
              IntStream.range(0, 4).boxed().toList(),
              writer -> {
                for (int i = 0; i < 60; i++) {
                  bookOrFail(writer % 2 == 0 ? "a" : "b");
                }
                return true;
              });
          return true;
        },
        () -> {
          for (int i = 0; i < 6; i++) {
            LockSupport.parkNanos(150_000_000);
            Postgres.cutOff(bank.pool);
            Postgres.cutOff(bank.logPool());
          }
          return true;
        },
        (a, b) -> true);

    Await.until("all are applied", () -> bank.effects() >= bank.booked(), () -> bank.verify("all"));
    bookAndAwait();
    assertThat(bank.verify("all")).isEqualTo(Bank.Verification.CLEAN);
  }

  private void bookOrFail(String account) {
    try {
      Bank.book(events, account);
    } catch (Failure | IllegalStateException e) {
      LockSupport.parkNanos(10_000_000);
    }
  }

  private long logged() {
    return bank.log.ends("bank.v1.Booked").values().stream().mapToLong(n -> n).sum();
  }
}
