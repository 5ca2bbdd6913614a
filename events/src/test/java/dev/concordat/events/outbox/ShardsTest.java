package dev.concordat.events.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Fanout;
import dev.concordat.events.Await;
import dev.concordat.events.Bank;
import dev.concordat.events.Events;
import dev.concordat.events.Postgres;
import dev.concordat.events.bank.v1.BankOwner;
import dev.concordat.events.bank.v1.Booked;
import dev.concordat.events.log.Broker;
import dev.concordat.events.log.Stalling;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShardsTest {
  private static final List<String> ACCOUNTS =
      List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");

  private Bank bank;

  @BeforeEach
  void open() {
    bank = new Bank(32);
    bank.open(ACCOUNTS.toArray(String[]::new));
  }

  @AfterEach
  void close() {
    bank.close();
  }

  private Events<BankOwner> process(int shards) {
    return process(shards, bank.log);
  }

  private Events<BankOwner> process(int shards, Broker log) {
    Events<BankOwner> events = bank.process(Bank.options().withShards(shards), log);
    events.subscribe(
        Booked.class, "all", (event, tx) -> Bank.effect(tx.connection(), "all", event));
    events.start();
    return events;
  }

  /// Books on all accounts side by side, while something else happens.
  private void bookMeanwhile(Events<BankOwner> through, Runnable meanwhile) {
    AtomicBoolean done = new AtomicBoolean();
    Fanout.both(
        () ->
            Fanout.each(
                ACCOUNTS,
                account -> {
                  for (int i = 0; i < 20 || (!done.get() && i < 2_000); i++) {
                    Bank.book(through, account);
                    LockSupport.parkNanos(500_000);
                  }
                  return true;
                }),
        () -> {
          try {
            meanwhile.run();
            return true;
          } finally {
            done.set(true);
          }
        },
        (a, b) -> true);
  }

  private void awaitAll() {
    Await.until("all are applied", () -> bank.effects() >= bank.booked(), () -> bank.verify("all"));
    assertThat(bank.verify("all")).isEqualTo(Bank.Verification.CLEAN);
  }

  private List<Long> producers() {
    return Postgres.numbers(
        bank.logPool(), "select count(*) from concordat.log_append group by producer");
  }

  @Test
  void severalSequencersInSeveralProcessesKeepTheOrderOfEachKey() {
    Events<BankOwner> first = process(4);
    Events<BankOwner> second = process(4);
    Events<BankOwner> third = process(4);

    bookMeanwhile(
        third,
        () -> {
          Await.until("some are applied", () -> bank.effects() > 50);
          assertThat(first.stop(Bank.GRACE)).isTrue();
          second.close();
        });

    awaitAll();
    assertThat(producers()).as("shards that told something").hasSize(4);
  }

  @Test
  void theirNumberChangesUnderLoad() {
    Events<BankOwner> writer = bank.process(Bank.options());
    Events<BankOwner> one = process(1);
    bookMeanwhile(
        writer,
        () -> {
          Await.until("one tells", () -> bank.effects() > 30);
          Events<BankOwner> three = process(3);
          one.close();
          long before = bank.effects();
          Await.until("three tell", () -> bank.effects() > before + 30 && cutInto(3));
          process(2);
          three.close();
          Await.until("two tell", () -> cutInto(2));
        });

    awaitAll();
  }

  private boolean cutInto(int shards) {
    return Postgres.number(
            bank.pool, "select count(*) from concordat.tick where shards = " + shards)
        > 0;
  }

  @Test
  void anotherNumberWaitsUntilWhatWasCutBeforeIsToldInAllShards() {
    try (Stalling stalling = new Stalling(bank.log, "/1")) {
      Events<BankOwner> two = process(2, stalling);
      bookOnce(two);
      Await.until("shard 1 has something to tell", () -> stalling.stalled() > 0);
      two.close();
      Events<BankOwner> one = process(1, stalling);
      bookOnce(one);
      Await.until("it is cut anew", () -> cutInto(1));
      long stalled = stalling.stalled();
      Await.until("shard 1 is tried again", () -> stalling.stalled() > stalled + 2);
      bookOnce(one);

      stalling.letGo();

      awaitAll();
    }
  }

  private static void bookOnce(Events<BankOwner> through) {
    ACCOUNTS.forEach(account -> Bank.book(through, account));
  }
}
