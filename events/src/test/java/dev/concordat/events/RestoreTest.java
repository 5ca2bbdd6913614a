package dev.concordat.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.events.bank.v1.BankOwner;
import dev.concordat.events.bank.v1.Booked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The service's database and the log stand in two databases: either may come back from a backup.
class RestoreTest {
  private Bank bank;
  private Events<BankOwner> events;

  @BeforeEach
  void open() {
    bank = new Bank();
    bank.open("a", "b", "c");
    start();
  }

  @AfterEach
  void close() {
    bank.close();
  }

  private void start() {
    events = bank.process(Bank.options());
    events.subscribe(
        Booked.class, "all", (event, tx) -> Bank.effect(tx.connection(), "all", event));
    events.start();
  }

  private void book(String account, int times) {
    for (int i = 0; i < times; i++) {
      Bank.book(events, account);
    }
  }

  private void awaitAll() {
    Await.until("all are applied", () -> bank.effects() >= bank.booked(), () -> bank.verify("all"));
    assertThat(bank.verify("all")).isEqualTo(Bank.Verification.CLEAN);
  }

  private void stop() {
    assertThat(events.stop(Bank.GRACE)).isTrue();
  }

  @Test
  void theServicesDatabaseComesBackFromABackup() {
    book("a", 20);
    awaitAll();
    stop();
    Postgres.Backup backup = Postgres.backup(bank.pool);
    start();
    book("b", 30);
    awaitAll();
    stop();

    backup.restore();
    Await.until("it is as it was", () -> bank.booked() == 20);
    start();
    book("c", 40);

    Await.until("what was told since the backup is applied again", () -> bank.effects("b") == 30);
    Await.until("what is told now is applied", () -> bank.effects("c") >= 40);
    assertThat(bank.effects("a")).isEqualTo(20);
    assertThat(bank.effects("b")).isEqualTo(30);
    assertThat(bank.effects("c")).isEqualTo(40);
  }

  @Test
  void theLogComesBackFromABackupAndIsToldWhatItLacks() {
    book("a", 20);
    awaitAll();
    stop();
    Postgres.Backup backup = Postgres.backup(bank.logPool());
    start();
    for (int i = 0; i < 3; i++) {
      book("b", 10);
      awaitAll();
    }
    stop();

    backup.restore();
    start();
    book("c", 5);
    awaitAll();

    assertThat(bank.log.ends("bank.v1.Booked").values().stream().mapToLong(n -> n).sum())
        .as("messages in the log")
        .isEqualTo(55);
  }

  @Test
  void theServicesDatabaseIsLoadedIntoAServerWithOtherTransactionIds() {
    book("a", 20);
    awaitAll();
    stop();
    book("a", 3);
    // What a dump writes down of a server that has come far, read by one that has not.
    Postgres.execute(
        bank.pool,
        """
        update concordat.outbox set xid = (xid::text::bigint + 800000000)::text::xid8;
        update concordat.tick
        set previous = '1:1:',
            snapshot = (pg_snapshot_xmax(snapshot)::text::bigint + 800000000 || ':'
              || pg_snapshot_xmax(snapshot)::text::bigint + 800000000 || ':')::pg_snapshot;
        """);
    book("b", 3);

    start();
    book("a", 4);
    book("b", 4);

    awaitAll();
  }

  @Test
  void whatStandsInTheLogTwiceOnTwoDaysIsAppliedOnce() {
    book("a", 5);
    awaitAll();
    stop();
    Postgres.execute(
        bank.logPool(),
        "update concordat.log_1_0 set appended_at = appended_at + interval '1 day' where part >="
            + " 0");
    Postgres.execute(bank.pool, "truncate concordat.cursor");

    start();
    book("a", 1);

    awaitAll();
  }
}
