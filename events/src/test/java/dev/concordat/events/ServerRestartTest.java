package dev.concordat.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Background;
import dev.concordat.events.bank.v1.BankOwner;
import dev.concordat.events.bank.v1.Booked;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// PostgreSQL itself dies under load and comes back: service database and log alike.
class ServerRestartTest {
  private static final List<String> ACCOUNTS = List.of("a", "b", "c", "d");

  @Test
  void nothingIsLostAndItGoesOnByItself() {
    AtomicBoolean enough = new AtomicBoolean();
    try (Bank bank = new Bank();
        Background writers = new Background("writers")) {
      bank.open(ACCOUNTS.toArray(new String[0]));
      Events<BankOwner> events = bank.process(Bank.options());
      events.subscribe(
          Booked.class, "all", (event, tx) -> Bank.effect(tx.connection(), "all", event));
      events.start();
      ACCOUNTS.forEach(account -> writers.start(account, () -> write(events, account, enough)));
      Await.until("it runs", () -> bank.effects() > 100);

      Postgres.restart();

      Await.until("the server answers", () -> bank.effects() > 0);
      long before = bank.effects();
      Await.until("it goes on", () -> bank.effects() > before + 100);
      enough.set(true);
      assertThat(writers.stop(Duration.ofSeconds(20))).isTrue();
      Await.until("all are applied", () -> bank.effects() >= bank.booked());
      assertThat(bank.verify("all")).isEqualTo(Bank.Verification.CLEAN);
    }
  }

  /// What fails meanwhile was booked or not; the database knows.
  private static void write(Events<BankOwner> events, String account, AtomicBoolean enough) {
    while (!enough.get()) {
      try {
        Bank.book(events, account);
      } catch (RuntimeException e) {
        enough.compareAndSet(false, false);
      }
    }
  }
}
