package dev.concordat.events.subscriptions;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.concordat.events.Await;
import dev.concordat.events.Bank;
import dev.concordat.events.Events;
import dev.concordat.events.Postgres;
import dev.concordat.events.bank.v1.BankOwner;
import dev.concordat.events.bank.v1.Booked;
import dev.concordat.events.store.Database;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Several processes of one service.
public class TakeoverTest {
  private static final String[] KEYS =
      IntStream.range(0, 20).mapToObj(n -> "key" + n).toArray(String[]::new);

  private Bank bank;

  /// On which log it is tried.
  protected Bank bank() {
    return new Bank();
  }

  @BeforeEach
  final void open() {
    bank = bank();
    bank.open(KEYS);
  }

  @AfterEach
  final void close() {
    bank.close();
  }

  private void subscribe(Events<BankOwner> process, Set<String> handledBy) {
    process.subscribe(
        Booked.class,
        "all",
        (event, tx) -> {
          handledBy.add(event.getAccount());
          Bank.effect(tx.connection(), "all", event);
        });
    process.start();
  }

  private void bookAll(Events<BankOwner> process) {
    for (String key : KEYS) {
      Bank.book(process, key);
    }
    Await.until("all are applied", () -> bank.effects() >= bank.booked(), () -> bank.verify("all"));
  }

  private List<Long> partitionsByOwner() {
    return Postgres.numbers(
        bank.pool,
        "select count(*) from concordat.claim where name = 'subscription/all'"
            + " and owner is not null group by owner order by 1");
  }

  @Test
  void processesShareThePartitionsAndGiveThemOver() {
    Set<String> byFirst = ConcurrentHashMap.newKeySet();
    Set<String> bySecond = ConcurrentHashMap.newKeySet();
    Events<BankOwner> first = bank.process(Bank.options());
    subscribe(first, byFirst);
    bookAll(first);
    assertThat(partitionsByOwner()).isEqualTo(List.of(8L));

    Events<BankOwner> second = bank.process(Bank.options());
    subscribe(second, bySecond);
    Await.until(
        "each has half",
        () -> partitionsByOwner().equals(List.of(4L, 4L)),
        this::partitionsByOwner);
    Await.until(
        "both handle",
        () -> {
          bookAll(first);
          return bySecond.size() > 3;
        });

    assertThat(first.stop(Bank.GRACE)).isTrue();
    Await.until(
        "the second has all",
        () -> partitionsByOwner().equals(List.of(8L)),
        this::partitionsByOwner);
    bookAll(second);
    assertThat(bySecond).containsExactlyInAnyOrder(KEYS);
    assertThat(bank.verify("all")).isEqualTo(Bank.Verification.CLEAN);
  }

  @Test
  void whatADeadProcessHeldIsTakenOver() {
    HikariDataSource itsOwn = Postgres.again(bank.pool, 8);
    Events<BankOwner> doomed = Events.open(BankOwner.OWNER, itsOwn, bank.log, Bank.options());
    subscribe(doomed, ConcurrentHashMap.newKeySet());
    bookAll(doomed);

    Events<BankOwner> survivor = bank.process(Bank.options());
    subscribe(survivor, ConcurrentHashMap.newKeySet());
    // From here on it can do nothing, not even say that it goes.
    itsOwn.close();
    bookAll(survivor);
    bookAll(survivor);

    assertThat(partitionsByOwner()).isEqualTo(List.of(8L));
    assertThat(bank.verify("all")).isEqualTo(Bank.Verification.CLEAN);
    doomed.stop(java.time.Duration.ZERO);
  }

  @Test
  void aProcessThatWasOnlyAsleepDoesNoHarm() {
    CountDownLatch asleep = new CountDownLatch(1);
    CountDownLatch wakeUp = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    Events<BankOwner> sleeper = bank.process(Bank.options());
    sleeper.subscribe(
        Booked.class,
        "all",
        (event, tx) -> {
          if (calls.incrementAndGet() == 1) {
            asleep.countDown();
            wakeUp.await();
          }
          Bank.effect(tx.connection(), "all", event);
        });
    sleeper.start();
    for (int i = 0; i < 5; i++) {
      Bank.book(sleeper, KEYS[0]);
    }
    Await.until("it sleeps", () -> asleep.getCount() == 0);

    // Others take what it holds, as if it had been silent for longer than its lease.
    Postgres.execute(
        bank.pool, "update concordat.claim set owner = gen_random_uuid(), epoch = epoch + 1");
    Events<BankOwner> other = bank.process(Bank.options());
    other.subscribe(Booked.class, "all", (event, tx) -> Bank.effect(tx.connection(), "all", event));
    other.start();
    wakeUp.countDown();

    bookAll(other);
    assertThat(bank.verify("all")).isEqualTo(Bank.Verification.CLEAN);
  }

  @Test
  void aCursorOfAnOldOwnerIsRefused() {
    Events<BankOwner> process = bank.process(Bank.options());
    subscribe(process, ConcurrentHashMap.newKeySet());
    bookAll(process);
    Database database = new Database(bank.pool);
    int id = (int) Postgres.number(bank.pool, "select id from concordat.subscription");
    long epoch =
        Postgres.number(
            bank.pool,
            "select epoch from concordat.claim where name = 'subscription/all' and part = 3");
    Cursors cursors = new Cursors(database, id, "subscription/all");

    assertThat(cursors.advance(List.of(new Cursors.Move(3, epoch - 1, 4_711)))).isEmpty();
    assertThat(cursors.read(3)).isNotEqualTo(java.util.Optional.of(4_711L));
    assertThat(cursors.advance(List.of(new Cursors.Move(3, epoch, 4_711)))).containsExactly(3);
    assertThat(cursors.read(3)).contains(4_711L);
  }
}
