package dev.concordat.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.events.bank.v1.BankOwner;
import dev.concordat.events.bank.v1.Booked;
import dev.concordat.events.log.Stalling;
import org.junit.jupiter.api.Test;

class GaugesTest {
  private final Counting observer = new Counting();

  @Test
  void whoFallsBehindIsSeenBeforeTheRetentionBites() {
    try (Bank bank = new Bank()) {
      bank.open("a");
      Events<BankOwner> events = bank.process(Bank.options().withObserver(observer));
      events.subscribe(
          Booked.class,
          "all",
          (event, tx) -> {
            throw Pause.because("what it needs is down");
          });
      Bank.book(events, "a");
      events.start();
      Await.until(
          "it is in the log",
          () ->
              Postgres.number(
                      bank.logPool(),
                      "with old as (update concordat.log_1_0 set appended_at = appended_at"
                          + " - interval '6 days' returning 1) select count(*) from old")
                  == 1);

      Await.until(
          "six of seven days are used",
          () -> observer.gauge("concordat.events.retention_used") > 0.8);
      assertThat(observer.gauge("concordat.events.retention_used")).isLessThan(0.9);
      Await.until("it stands", () -> observer.gauge("concordat.events.standing") > 0);
      assertThat(observer.gauge("concordat.events.down")).isEqualTo(1);
      assertThat(events.down("all").orElseThrow().because()).isEqualTo("what it needs is down");
      assertThat(events.down("others")).isEmpty();
    }
  }

  @Test
  void whatCannotBeToldGrowsOld() {
    try (Bank bank = new Bank();
        Stalling log = new Stalling(bank.log, "")) {
      bank.open("a");
      Events<BankOwner> events = bank.process(Bank.options().withObserver(observer), log);
      events.start();
      Bank.book(events, "a");
      Bank.book(events, "a");

      Await.until(
          "it has an age", () -> observer.gauge("concordat.events.outbox.oldest_age") > 0.5);
      assertThat(observer.gauge("concordat.events.outbox.backlog")).isPositive();
      log.letGo();
      Await.until(
          "everything is told", () -> observer.gauge("concordat.events.outbox.oldest_age") == 0);
      Await.until("nothing is left", () -> observer.gauge("concordat.events.outbox.backlog") == 0);
    }
  }
}
