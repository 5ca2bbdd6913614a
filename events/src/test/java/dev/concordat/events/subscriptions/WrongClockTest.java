package dev.concordat.events.subscriptions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Clock;
import dev.concordat.events.Await;
import dev.concordat.events.Bank;
import dev.concordat.events.Events;
import dev.concordat.events.bank.v1.BankOwner;
import dev.concordat.events.bank.v1.Booked;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Processes whose clocks are an hour apart.
class WrongClockTest {
  private Bank bank;

  @BeforeEach
  void open() {
    bank = new Bank();
    bank.open("a");
  }

  @AfterEach
  void close() {
    bank.close();
  }

  private record Shifted(Duration by) implements Clock {
    @Override
    public Instant now() {
      return Clock.SYSTEM.now().plus(by);
    }

    @Override
    public long nanos() {
      return Clock.SYSTEM.nanos();
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
      Clock.SYSTEM.sleep(duration);
    }
  }

  private Events<BankOwner> process(Duration shift, EventHandler<Booked, BankOwner> handler) {
    Events<BankOwner> process = bank.process(Bank.options().withClock(new Shifted(shift)));
    process.subscribe(Booked.class, "all", handler);
    process.start();
    return process;
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT1H", "PT-1H"})
  void aKeyThatIsParkedByOneIsDueForTheOther(Duration shift) {
    Events<BankOwner> wrong =
        process(
            shift,
            (event, tx) -> {
              throw new IllegalStateException("not now");
            });
    Bank.book(wrong, "a");
    Bank.book(wrong, "a");
    Await.until("the key is parked", () -> wrong.subscriptions().show("all").parkedMessages() == 2);
    assertThat(wrong.stop(Bank.GRACE)).isTrue();

    var _ = process(Duration.ZERO, (event, tx) -> Bank.effect(tx.connection(), "all", event));

    Await.until("all are applied", () -> bank.effects() == 2, () -> bank.verify("all"));
    assertThat(bank.verify("all")).isEqualTo(Bank.Verification.CLEAN);
  }
}
