package dev.concordat.events.deadletters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Backoff;
import dev.concordat.core.Fanout;
import dev.concordat.events.Await;
import dev.concordat.events.Bank;
import dev.concordat.events.Dead;
import dev.concordat.events.Events;
import dev.concordat.events.Publishing;
import dev.concordat.events.bank.v1.BankOwner;
import dev.concordat.events.bank.v1.Booked;
import dev.concordat.events.subscriptions.GiveUp;
import dev.concordat.events.subscriptions.SubscriptionOptions;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeadLettersTest {
  private static final SubscriptionOptions THREE_TRIES =
      SubscriptionOptions.DEFAULT
          .withAttempts(3)
          .withGiveUp(GiveUp.SKIP)
          .withBackoff(new Backoff(Duration.ofMillis(1), Duration.ofMillis(5)));

  private Bank bank;
  private Events<BankOwner> events;
  private volatile boolean mended;

  @BeforeEach
  void open() {
    bank = new Bank();
    bank.open("a", "b");
    events = bank.process(Bank.options());
    events.subscribe(
        Booked.class,
        "receipts",
        THREE_TRIES,
        (event, tx) -> {
          if (event.getAccount().equals("a") && event.getNumber() <= 2 && !mended) {
            throw new IllegalStateException("no receipt for " + event.getNumber());
          }
          if (event.getAccount().equals("b") && event.getNumber() == 1 && !mended) {
            throw Dead.because("b1 is nonsense");
          }
          Bank.effect(tx.connection(), "receipts", event);
        });
    events.start();
  }

  @AfterEach
  void close() {
    bank.close();
  }

  private List<DeadLetter> dead() {
    return list(DeadLetterFilter.OPEN);
  }

  private List<DeadLetter> list(DeadLetterFilter filter) {
    return events.deadLetters().list(filter, 0, 100);
  }

  private DeadLetterProgress redrive(DeadLetterFilter filter, int perSecond) {
    DeadLetterPlan plan = events.deadLetters().plan(filter);
    return events.deadLetters().redrive(plan, "operator", perSecond, any -> true);
  }

  @Test
  void aMessageGivenUpOnHasItsReasonAndEveryAttemptAndLetsItsKeyGoOn() {
    Bank.book(events, "a");
    Bank.book(events, "a");
    Bank.book(events, "a");

    Await.until("the third is applied", () -> bank.effects("a") == 1);
    Await.until("two are dead", () -> dead().size() == 2);
    DeadLetter first = events.deadLetters().show(dead().getFirst().id()).orElseThrow();
    assertThat(first.place().kind()).isEqualTo(DeadLetter.EVENT);
    assertThat(first.place().name()).isEqualTo("receipts");
    assertThat(first.reason()).contains("3 times").contains("no receipt for 1");
    assertThat(first.attempts())
        .hasSize(3)
        .allSatisfy(attempt -> assertThat(attempt.error()).contains("no receipt for 1"))
        .allSatisfy(attempt ->
            assertThat(attempt.instance()).endsWith(Long.toString(ProcessHandle.current().pid())));
    assertThat(first.cause().stack())
        .startsWith("java.lang.IllegalStateException: no receipt for 1")
        .contains("at dev.concordat.events.deadletters.DeadLettersTest");
    assertThat(first.message().key()).isEqualTo("a");
    assertThat(Publishing.read(Booked.getDefaultInstance(), first.message()).getNumber())
        .isEqualTo(1);
    assertThat(events.deadLetters().show(4_711)).isEmpty();
  }

  @Test
  void whatCanNeverBeHandledDiesAtOnce() {
    Bank.book(events, "b");

    Await.until("it is dead", () -> dead().size() == 1);
    assertThat(dead().getFirst().reason()).isEqualTo("b1 is nonsense");
    assertThat(dead().getFirst().attempts()).hasSize(1);
  }

  @Test
  void whatIsSentBackIsAppliedOnce() {
    Bank.book(events, "b");
    Bank.book(events, "b");
    Await.until("it is dead", () -> dead().size() == 1 && bank.effects("b") == 1);
    long id = dead().getFirst().id();
    mended = true;

    List<Boolean> sent =
        Fanout.each(
            Collections.nCopies(4, id), each -> events.deadLetters().redrive(each, "operator"));

    assertThat(sent.stream().filter(done -> done)).hasSize(1);
    Await.until("it is applied", () -> bank.effects("b") == 2);
    assertThat(dead()).isEmpty();
    assertThat(events.deadLetters().count()).isZero();
    DeadLetter record = events.deadLetters().show(id).orElseThrow();
    assertThat(record.end())
        .get()
        .isInstanceOfSatisfying(
            DeadLetter.Redriven.class, end -> assertThat(end.by()).isEqualTo("operator"));
    assertThat(list(DeadLetterFilter.OPEN.withState(DeadLetterFilter.State.REDRIVEN))).hasSize(1);
    assertThat(bank.verify("receipts").twice()).isZero();
  }

  @Test
  void allOfASubscriptionAreSentBackInTheOrderOfTheirKey() {
    Bank.book(events, "a");
    Bank.book(events, "a");
    Bank.book(events, "b");
    Await.until("three are dead", () -> dead().size() == 3);
    mended = true;

    DeadLetterProgress progress = redrive(DeadLetterFilter.OPEN.withName("receipts"), 100);

    assertThat(progress).isEqualTo(new DeadLetterProgress(3, 3, 0, 0));

    Await.until("all are applied", () -> bank.effects() == 3);
    assertThat(bank.order("receipts")).containsSubsequence("a1", "a2");
    Bank.book(events, "a");
    Await.until("a goes on", () -> bank.effects("a") == 3);
    assertThat(bank.verify("receipts")).isEqualTo(Bank.Verification.CLEAN);
  }

  @Test
  void whatFailsAgainIsADeadLetterAgain() {
    Bank.book(events, "b");
    Await.until("it is dead", () -> dead().size() == 1);
    long first = dead().getFirst().id();

    assertThat(events.deadLetters().redrive(first, "operator")).isTrue();

    Await.until("it is dead again", () -> dead().size() == 1 && dead().getFirst().id() != first);
    assertThat(events.deadLetters().redrive(4_711, "operator")).isFalse();
  }
}
