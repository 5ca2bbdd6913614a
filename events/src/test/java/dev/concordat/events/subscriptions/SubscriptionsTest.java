package dev.concordat.events.subscriptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.core.Backoff;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.Await;
import dev.concordat.events.Bank;
import dev.concordat.events.Events;
import dev.concordat.events.EventsOptions;
import dev.concordat.events.Postgres;
import dev.concordat.events.bank.v1.BankOwner;
import dev.concordat.events.bank.v1.Booked;
import dev.concordat.events.deadletters.DeadLetterFilter;
import dev.concordat.events.subscriptions.SubscriptionOptions.Together;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What people do about subscriptions, and the kinds of handlers.
class SubscriptionsTest {
  private static final EventsOptions QUICK =
      Bank.options().withLease(Duration.ofMillis(600)).withPoll(Duration.ofMillis(50));
  private static final SubscriptionOptions ONE_TRY =
      SubscriptionOptions.DEFAULT
          .withAttempts(1)
          .withBackoff(new Backoff(Duration.ofMillis(1), Duration.ofMillis(5)));

  private Bank bank;
  private Events<BankOwner> events;
  private volatile boolean mended;

  @BeforeEach
  void open() {
    bank = new Bank();
    bank.open("a", "b");
    events = bank.process(QUICK);
  }

  @AfterEach
  void close() {
    bank.close();
  }

  private void subscribe(SubscriptionOptions options) {
    events.subscribe(
        Booked.class,
        "all",
        options,
        (event, tx) -> {
          if (event.getAccount().equals("a") && event.getNumber() == 1 && !mended) {
            throw new IllegalStateException("a1 cannot be handled");
          }
          Bank.effect(tx.connection(), "all", event);
        });
    events.start();
  }

  private void book(String account, int times) {
    for (int i = 0; i < times; i++) {
      Bank.book(events, account);
    }
  }

  private long dead() {
    return events.deadLetters().list(DeadLetterFilter.OPEN, 0, 100).size();
  }

  private SubscriptionView view() {
    return events.subscriptions().show("all");
  }

  @Test
  void aParkedKeyWaitsForAPersonAndKeepsItsOrderWhenItsMessageIsSentBack() {
    subscribe(ONE_TRY);
    book("a", 3);
    book("b", 3);

    Await.until("b is applied and a1 is dead", () -> bank.effects("b") == 3 && dead() == 1);
    Await.until("the rest of a waits", () -> view().parkedMessages() == 3);
    assertThat(bank.effects("a")).isZero();
    mended = true;
    long id = events.deadLetters().list(DeadLetterFilter.OPEN, 0, 1).getFirst().id();
    assertThat(events.deadLetters().redrive(id, "operator")).isTrue();

    Await.until("a is applied", () -> bank.effects("a") == 3);
    book("a", 1);
    Await.until("a goes on", () -> bank.effects("a") == 4);
    assertThat(bank.verify("all")).isEqualTo(Bank.Verification.CLEAN);
  }

  @Test
  void aMessageThatIsSkippedLetsItsKeyGoOn() {
    subscribe(ONE_TRY);
    book("a", 1);
    Await.until("a1 is dead", () -> dead() == 1);

    assertThat(events.subscriptions().skip("all", Skip.message("a"), "operator", "nonsense"))
        .isEqualTo(1);
    book("a", 2);

    Await.until("a goes on", () -> bank.effects("a") == 2);
    assertThat(bank.order("all")).containsExactly("a2", "a3");
    assertThat(
            Postgres.number(bank.pool, "select count(*) from concordat.skip where by = 'operator'"))
        .isEqualTo(1);
  }

  @Test
  void aSubscriptionThatPausesWhenItGivesUpGoesOnWhereItWas() {
    subscribe(ONE_TRY.withGiveUp(GiveUp.PAUSE));
    book("a", 2);
    Await.until("it is paused", () -> view().paused());
    assertThat(view().pauses().getFirst().reason()).contains("a1 cannot be handled");
    assertThat(dead()).isZero();

    mended = true;
    assertThat(events.subscriptions().resume("all", "operator")).isTrue();

    Await.until("both are applied", () -> bank.effects("a") == 2);
    assertThat(bank.verify("all")).isEqualTo(Bank.Verification.CLEAN);
  }

  @Test
  void whatIsPausedHandlesNothingInAnyProcessUntilItIsResumed() {
    mended = true;
    subscribe(SubscriptionOptions.DEFAULT);
    book("a", 1);
    Await.until("it is applied", () -> bank.effects() == 1);

    assertThat(events.subscriptions().pause("all", "operator", "maintenance")).isTrue();
    assertThat(events.subscriptions().pause("all", "operator", "again")).isFalse();
    assertThat(events.stop(Bank.GRACE)).isTrue();
    events = bank.process(QUICK);
    subscribe(SubscriptionOptions.DEFAULT);
    events.subscriptions();
    book("b", 3);
    Await.until("they wait", () -> view().lag() == 3);
    assertThat(view().oldestWaiting()).isPresent();
    assertThat(bank.effects("b")).isZero();

    assertThat(events.subscriptions().resume("all", "operator")).isTrue();
    assertThat(events.subscriptions().resume("all", "operator")).isFalse();
    Await.until("they are applied", () -> bank.effects("b") == 3 && view().lag() == 0);
    assertThat(view().caughtUp()).isEqualTo(1);
  }

  @Test
  void aPausedKeyWaitsAndTheOthersGoOn() {
    mended = true;
    subscribe(SubscriptionOptions.DEFAULT);
    book("b", 1);
    Await.until("it runs", () -> bank.effects() == 1);
    events.subscriptions().pauseKey("all", "a", "operator", "audit");
    Await.until(
        "a waits",
        () -> {
          book("a", 1);
          return view().parkedMessages() > 0;
        });
    long before = bank.effects("a");
    book("b", 2);
    Await.until("b goes on", () -> bank.effects("b") == 3);
    assertThat(bank.effects("a")).isEqualTo(before);

    assertThat(events.subscriptions().resumeKey("all", "a", "operator")).isTrue();

    Await.until("all are applied", () -> bank.effects() == bank.booked());
    book("a", 1);
    Await.until("a goes on", () -> bank.effects() == bank.booked());
    assertThat(bank.verify("all")).isEqualTo(Bank.Verification.CLEAN);
  }

  @Test
  void whatIsSkippedToAPositionIsNotHandled() {
    mended = true;
    subscribe(SubscriptionOptions.DEFAULT);
    book("a", 1);
    Await.until("it is applied", () -> bank.effects() == 1 && view().lag() == 0);
    assertThat(events.stop(Bank.GRACE)).isTrue();
    events.subscriptions().pause("all", "operator", "to skip");
    events = bank.process(QUICK);
    subscribe(SubscriptionOptions.DEFAULT);
    book("a", 3);
    book("b", 2);
    Await.until("they wait", () -> view().lag() == 5);

    long skipped =
        events.subscriptions().skip("all", Skip.until(Instant.now().plusSeconds(60)), "me", "old");
    assertThat(skipped).isEqualTo(5);
    events.subscriptions().resume("all", "operator");
    book("a", 1);

    Await.until("it goes on behind", () -> bank.effects() == 2);
    assertThat(bank.order("all")).containsExactly("a1", "a5");
    assertThatThrownBy(
            () -> events.subscriptions().skip("all", Skip.to(Map.of(99, 1L)), "me", "no"))
        .hasMessageContaining("and no 99");
    assertThatThrownBy(() -> events.subscriptions().skip("none", Skip.key("a"), "me", "no"))
        .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND));
  }

  @Test
  void aNewSubscriptionBeginsAtAPosition() {
    mended = true;
    subscribe(SubscriptionOptions.DEFAULT);
    book("a", 3);
    Await.until("all are applied", () -> bank.effects() == 3);
    int part = Partitions.of("a", Partitions.DEFAULT);
    Events<BankOwner> other = bank.process(QUICK);
    ConcurrentLinkedQueue<Long> positions = new ConcurrentLinkedQueue<>();
    other.receive(
        Booked.class,
        "replay",
        SubscriptionOptions.DEFAULT.withStart(Start.position(Map.of(part, 1L))),
        (received, tx) -> {
          assertThat(received.partition()).isEqualTo(part);
          assertThat(received.envelope().source()).isEqualTo("bank");
          positions.add(received.position());
        });
    other.start();
    book("a", 1);

    Await.until("it has read three", () -> positions.size() == 3);
    assertThat(positions).containsExactly(1L, 2L, 3L);
  }

  @Test
  void aBatchSharesATransactionAndOnePoisonedMessageParksOnlyItsKey() {
    AtomicInteger largest = new AtomicInteger();
    CountDownLatch booked = new CountDownLatch(1);
    events.project(
        Booked.class,
        "all",
        ONE_TRY.withTogether(new Together(100, Duration.ofMillis(20))),
        (batch, tx) -> {
          booked.await();
          for (Received<Booked> received : batch) {
            Booked event = received.event();
            Bank.effect(tx.connection(), "all", event);
            if (event.getAccount().equals("a") && event.getNumber() == 2) {
              throw new IllegalStateException("a2 cannot be projected");
            }
          }
          largest.accumulateAndGet(batch.size(), Math::max);
        });
    events.start();
    book("b", 20);
    book("a", 4);
    booked.countDown();

    Await.until("b is applied", () -> bank.effects("b") == 20);
    Await.until("a2 is dead", () -> dead() == 1);
    assertThat(bank.effects("a")).isEqualTo(1);
    book("b", 30);
    Await.until("b goes on", () -> bank.effects("b") == 50);
    assertThat(largest.get()).isGreaterThan(1);
    assertThat(bank.verify("all").twice()).isZero();
    assertThat(bank.verify("all").disorder()).isZero();
  }

  @Test
  void manyMessagesShareACommitAndAFailureAmongThemCostsTheOthersNothing() {
    CountDownLatch booked = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    bank.open("c", "d", "e");
    events.subscribe(
        Booked.class,
        "all",
        // With time enough to share a commit, however long one message takes.
        ONE_TRY
            .withGiveUp(GiveUp.SKIP)
            .withParallel(2)
            .withTogether(new Together(100, Duration.ofSeconds(10))),
        (event, tx) -> {
          booked.await();
          calls.incrementAndGet();
          Bank.effect(tx.connection(), "all", event);
          if (event.getAccount().equals("a") && event.getNumber() % 5 == 0) {
            throw new IllegalStateException("every fifth of a");
          }
        });
    events.start();
    for (String account : List.of("a", "b", "c", "d", "e")) {
      book(account, 20);
    }
    booked.countDown();

    Await.until("four of a are dead", () -> dead() == 4);
    Await.until("all others are applied", () -> bank.effects() == 96);
    assertThat(bank.verify("all")).isEqualTo(new Bank.Verification(4, 0, 0));
    long commits =
        Postgres.number(bank.pool, "select count(distinct xmin::text::bigint) from effect");
    assertThat(commits).isLessThan(96);
  }

  @Test
  void workOutsideIsMarkedOnlyWhileItIsOurs() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    CompletableFuture<Hold> first = new CompletableFuture<>();
    OutsideHandler<Booked> handler =
        (received, hold) -> {
          if (calls.incrementAndGet() == 1) {
            first.complete(hold);
            begun.countDown();
            goOn.await();
          }
          try (var tx = events.begin()) {
            Bank.effect(tx.connection(), "all", received.event());
            hold.complete(tx);
            tx.commit();
          }
        };
    events.outside(Booked.class, "all", SubscriptionOptions.DEFAULT, handler);
    events.start();
    book("a", 3);
    begun.await();
    // As if it had been silent for longer than its lease, and another had been there meanwhile.
    Postgres.execute(
        bank.pool,
        "update concordat.claim set owner = gen_random_uuid(), epoch = epoch + 1"
            + " where name = 'subscription/all'");
    Await.until("it hears of it", () -> first.join().cancellation().cancelled());
    goOn.countDown();

    Await.until("all are applied", () -> bank.effects("a") == 3);
    assertThat(calls.get()).as("what was refused is done again").isGreaterThan(3);
    assertThat(bank.verify("all")).isEqualTo(Bank.Verification.CLEAN);
  }
}
