package dev.concordat.events.subscriptions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.events.Await;
import dev.concordat.events.Bank;
import dev.concordat.events.Events;
import dev.concordat.events.Postgres;
import dev.concordat.events.Transaction;
import dev.concordat.events.bank.v1.BankOwner;
import dev.concordat.events.bank.v1.Booked;
import dev.concordat.events.subscriptions.SubscriptionOptions.Together;
import java.sql.SQLException;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The slower a commit is, the more there is to gain from sharing it.
class SlowCommitTest {
  private static final int SINGLY = 5;
  private static final int AT_ONCE = 200;

  /// Less than a commit takes, and many times what a handler takes.
  private static final Together TOGETHER = new Together(64, Duration.ofMillis(100));

  private static final String SLOW =
      """
      create function linger() returns trigger language plpgsql as $$
      begin
        if coalesce(current_setting('slow.done', true), '') = '' then
          perform pg_sleep(0.3), set_config('slow.done', 'yes', true);
        end if;
        return null;
      end $$;
      create constraint trigger linger after insert on effect
        deferrable initially deferred for each row execute function linger();
      """;

  @Test
  void messagesShareItAlsoAfterOthersCameSingly() throws SQLException {
    String[] accounts = IntStream.range(0, AT_ONCE).mapToObj(n -> "a" + n).toArray(String[]::new);
    try (Bank bank = new Bank()) {
      bank.open(accounts);
      Postgres.execute(bank.pool, SLOW);
      Events<BankOwner> events = bank.process(Bank.options());
      events.subscribe(
          Booked.class,
          "all",
          SubscriptionOptions.DEFAULT.withTogether(TOGETHER),
          (event, tx) -> Bank.effect(tx.connection(), "all", event));
      events.start();
      for (int i = 0; i < SINGLY; i++) {
        Bank.book(events, accounts[i]);
        Await.until("it is applied", () -> bank.effects() == bank.booked());
      }

      try (Transaction<BankOwner> tx = events.begin()) {
        for (String account : accounts) {
          Bank.book(tx, account);
        }
        tx.commit();
      }
      Await.until("all are applied", () -> bank.effects() == bank.booked());

      assertThat(Postgres.number(bank.pool, "select count(distinct xmin::text) from effect"))
          .as("transactions")
          .isLessThan(SINGLY + AT_ONCE / 2);
      assertThat(bank.verify("all")).isEqualTo(Bank.Verification.CLEAN);
    }
  }
}
