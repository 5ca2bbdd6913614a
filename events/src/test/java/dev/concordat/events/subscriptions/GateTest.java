package dev.concordat.events.subscriptions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Background;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.Await;
import dev.concordat.events.Bank;
import dev.concordat.events.Events;
import dev.concordat.events.Postgres;
import dev.concordat.events.bank.v1.BankOwner;
import dev.concordat.events.bank.v1.Booked;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// One of many tries for all while something is down: whatever becomes of it, the others are not
/// left waiting.
class GateTest {
  private final Gate gate = new Gate(Clock.SYSTEM);
  private final Background background = new Background("test");
  private final AtomicInteger passed = new AtomicInteger();

  @AfterEach
  void close() {
    gate.end();
    background.close();
  }

  private void pass(int times) {
    for (int i = 0; i < times; i++) {
      try {
        if (gate.pass()) {
          passed.incrementAndGet();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void oneTriesAndTheOthersWaitUntilItIsKnownHowThatWent() {
    gate.shut(Optional.empty(), "down");
    var _ = background.start("one", () -> pass(1));
    Await.until("one tries", () -> passed.get() == 1);
    Thread other = background.start("other", () -> pass(1));
    Await.until("the other waits", () -> other.getState() == Thread.State.WAITING);
    assertThat(passed).hasValue(1);
    gate.worked();
    Await.until("it goes on", () -> passed.get() == 2);
  }

  @Test
  void whoeverTriesAndComesAgainWithoutAWordDoesNotWaitForItself() {
    gate.shut(Optional.empty(), "down");
    var _ = background.start("one", () -> pass(2));
    Await.until("it passed twice", () -> passed.get() == 2);
  }

  @Test
  void thenTheNextInLineTries() {
    gate.shut(Optional.empty(), "down");
    AtomicBoolean again = new AtomicBoolean();
    var _ =
        background.start(
            "one",
            () -> {
              pass(1);
              Await.until("another waits", again::get);
              pass(1);
            });
    Await.until("one tries", () -> passed.get() == 1);
    Thread other = background.start("other", () -> pass(1));
    Await.until("the other waits", () -> other.getState() == Thread.State.WAITING);
    again.set(true);
    Await.until("the other tries", () -> passed.get() == 2);
  }

  @Test
  void aPartitionThatIsLostWhileItsMessageTriesForAllHoldsNobodyUp() {
    try (Bank bank = new Bank()) {
      bank.open("one");
      AtomicBoolean down = new AtomicBoolean(true);
      AtomicInteger tries = new AtomicInteger();
      Events<BankOwner> events = bank.process(Bank.options());
      events.subscribe(
          Booked.class,
          "all",
          (event, tx) -> {
            tries.incrementAndGet();
            if (down.get()) {
              throw Failure.of(Code.UNAVAILABLE, "the belt stands still");
            }
            Bank.effect(tx.connection(), "all", event);
          });
      events.start();
      Bank.book(events, "one");
      Await.until("it is tried", () -> tries.get() > 1);

      Postgres.execute(
          bank.pool,
          """
          update concordat.claim set owner = gen_random_uuid(), epoch = epoch + 1
          where name = 'subscription/all'
          """);
      down.set(false);

      Await.until("it is applied", () -> bank.effects() == 1);
    }
  }

  @Test
  void aHandlerThatNeverReturnsWhileItTriesForAllHoldsNobodyUp() {
    try (Bank bank = new Bank()) {
      bank.open("bad", "good");
      AtomicInteger tries = new AtomicInteger();
      AtomicBoolean released = new AtomicBoolean();
      Events<BankOwner> events = bank.process(Bank.options());
      events.subscribe(
          Booked.class,
          "all",
          SubscriptionOptions.DEFAULT.withBudget(Duration.ofSeconds(1)).withAttempts(1),
          (event, tx) -> {
            if (event.getAccount().equals("bad")) {
              if (tries.incrementAndGet() == 1) {
                throw Failure.of(Code.UNAVAILABLE, "the belt stands still");
              }
              while (!released.get()) {
                // Deaf to interruption, which parking keeps.
                var _ = Thread.interrupted();
                LockSupport.parkNanos(1_000_000);
              }
            }
            Bank.effect(tx.connection(), "all", event);
          });
      events.start();
      Bank.book(events, "bad");
      Await.until("it hangs", () -> tries.get() == 2);
      Bank.book(events, "good");

      Await.until("the good one is applied", () -> bank.effects("good") == 1);
      released.set(true);
    }
  }
}
