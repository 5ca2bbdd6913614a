package dev.concordat.events.deadletters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.concordat.core.Code;
import dev.concordat.core.ContextCodec;
import dev.concordat.core.Failure;
import dev.concordat.core.Fanout;
import dev.concordat.events.Await;
import dev.concordat.events.Bank;
import dev.concordat.events.Dead;
import dev.concordat.events.Events;
import dev.concordat.events.Postgres;
import dev.concordat.events.bank.v1.BankOwner;
import dev.concordat.events.bank.v1.Booked;
import dev.concordat.events.log.Headers;
import dev.concordat.events.subscriptions.Expiry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Many dead letters of two subscriptions and three keys, and what operators do with them.
class RedriveTest {
  private static final int EACH = 20;

  private Bank bank;
  private Events<BankOwner> events;
  private DeadLetters letters;
  private volatile boolean mended;

  @BeforeEach
  void openAndFail() {
    bank = new Bank();
    bank.open("a", "b", "c");
    events = bank.process(Bank.options());
    for (String name : List.of("receipts", "books")) {
      events.subscribe(
          Booked.class,
          name,
          (event, tx) -> {
            if (!mended) {
              throw Dead.because("the printer of " + event.getAccount() + " is out of paper");
            }
            Bank.effect(tx.connection(), name, event);
          });
    }
    events.start();
    letters = events.deadLetters();
    for (int i = 0; i < EACH; i++) {
      List.of("a", "b", "c").forEach(account -> Bank.book(events, account));
    }
    Await.until("all are dead", () -> letters.count() == 6 * EACH);
  }

  @AfterEach
  void close() {
    bank.close();
  }

  private DeadLetterFilter receipts() {
    return DeadLetterFilter.OPEN.withName("receipts");
  }

  private DeadLetterProgress redrive(DeadLetterPlan plan) {
    return letters.redrive(plan, "operator", 10_000, any -> true);
  }

  @Test
  void aFilterFindsByEverythingThatIsKnown() {
    assertThat(letters.list(receipts(), 0, 1_000)).hasSize(3 * EACH);
    assertThat(letters.list(receipts().withKey("a"), 0, 1_000)).hasSize(EACH);
    assertThat(letters.list(receipts().withReason("OF B is out"), 0, 1_000)).hasSize(EACH);
    assertThat(letters.list(receipts().withTopic("bank.v1.Booked"), 0, 1_000)).hasSize(3 * EACH);
    assertThat(letters.list(receipts().withTopic("Booked"), 0, 1_000)).hasSize(3 * EACH);
    assertThat(letters.list(receipts().withTopic("ooked"), 0, 1_000)).isEmpty();
    Instant middle = letters.list(receipts(), 0, 1_000).get(EACH).diedAt();
    int before = letters.list(receipts().withBefore(middle), 0, 1_000).size();
    int after = letters.list(receipts().withAfter(middle), 0, 1_000).size();
    assertThat(before).isPositive();
    assertThat(before + after).isEqualTo(3 * EACH);
    List<DeadLetter> page = letters.list(receipts(), 0, 7);
    assertThat(letters.list(receipts(), page.getLast().id(), 1_000)).hasSize(3 * EACH - 7);
  }

  @Test
  void aPlanSaysWhatWouldBeDoneAndDoesNothing() {
    DeadLetterPlan plan = letters.plan(DeadLetterFilter.OPEN.withKey("a"));

    assertThat(plan.size()).isEqualTo(2 * EACH);
    assertThat(plan.lines())
        .extracting(DeadLetterPlan.Line::name, DeadLetterPlan.Line::count)
        .containsExactly(tuple("books", EACH), tuple("receipts", EACH));
    assertThat(letters.count()).isEqualTo(6 * EACH);
  }

  @Test
  void onlyTheSubscriptionThatGaveUpHearsItAgainAndInOrder() {
    mended = true;

    assertThat(redrive(letters.plan(receipts()))).isEqualTo(progress(3 * EACH));

    Await.until("all are applied", () -> bank.effects() == 3 * EACH);
    assertThat(bank.verify("receipts")).isEqualTo(Bank.Verification.CLEAN);
    assertThat(bank.order("books")).isEmpty();
  }

  /// The first was sent back before and died again: its id is the highest, its place the first.
  @Test
  void theOrderIsThatOfTheKeyAndNotThatOfTheirDeaths() {
    long first = letters.list(receipts().withKey("a"), 0, 1).getFirst().id();
    assertThat(letters.redrive(first, "operator")).isTrue();
    Await.until("it is dead again", () -> letters.count() == 6 * EACH);
    DeadLetterPlan plan = letters.plan(receipts().withKey("a"));
    mended = true;

    DeadLetterProgress progress =
        letters.redrive(
            plan,
            "operator",
            5, // one at a time
            sofar -> {
              Await.until("it is applied", () -> bank.effects("a") == sofar.done());
              return sofar.done() < 4;
            });

    assertThat(progress.done()).isEqualTo(4);
    assertThat(bank.order("receipts")).containsExactly("a1", "a2", "a3", "a4");
  }

  @Test
  void manyAtOnceDoNotDouble() {
    mended = true;

    List<DeadLetterProgress> all =
        Fanout.each(
            List.of("ann", "bob", "cat"),
            who -> letters.redrive(letters.plan(receipts()), who, 10_000, any -> true));

    assertThat(all.stream().mapToInt(DeadLetterProgress::done).sum()).isEqualTo(3 * EACH);
    Await.until("all are applied", () -> bank.effects() == 3 * EACH);
    assertThat(bank.verify("receipts")).isEqualTo(Bank.Verification.CLEAN);
    assertThat(redrive(letters.plan(receipts()))).isEqualTo(progress(0));
  }

  @Test
  void whoeverStopsHearsHowManyWereDone() {
    mended = true;

    DeadLetterProgress progress =
        letters.redrive(
            letters.plan(receipts()), "operator", 1_000_000, sofar -> sofar.done() < EACH);

    assertThat(progress.complete()).isEqualTo(progress.done() == 3 * EACH);
    assertThat(letters.count()).isEqualTo(6L * EACH - progress.done());
    assertThat(redrive(letters.plan(receipts())).done() + progress.done()).isEqualTo(3 * EACH);
  }

  @Test
  void theNextLifeHasATraceOfItsOwnAndNoExpiredDeadline() {
    DeadLetter letter = letters.list(receipts().withKey("a"), 0, 1).getFirst();
    String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    Postgres.execute(
        bank.pool,
        "update concordat.dead_letter set headers = '"
            + Headers.write(
                Map.of(
                    ContextCodec.TRACEPARENT,
                    trace,
                    ContextCodec.DEADLINE,
                    "2020-01-01T00:00:00Z",
                    Expiry.HEADER,
                    "2020-01-01T00:00:00Z",
                    ContextCodec.ATTEMPT,
                    "3",
                    ContextCodec.BAGGAGE,
                    "tenant=blue",
                    "unknown-to-us",
                    "kept"))
            + "' where id = "
            + letter.id());

    assertThat(letters.redrive(letter.id(), "operator")).isTrue();

    Await.until("it is dead again", () -> letters.count() == 6 * EACH);
    DeadLetter record = letters.show(letter.id()).orElseThrow();
    DeadLetter again =
        letters.list(receipts().withKey("a"), 0, 1_000).stream()
            .filter(each -> each.message().id().equals(letter.message().id()))
            .findFirst()
            .orElseThrow();
    Map<String, String> headers = again.message().headers();
    assertThat(headers)
        .containsKey(ContextCodec.TRACEPARENT)
        .containsEntry(ContextCodec.BAGGAGE, "tenant=blue")
        .containsEntry("unknown-to-us", "kept")
        .doesNotContainKeys(ContextCodec.DEADLINE, Expiry.HEADER, ContextCodec.ATTEMPT)
        .doesNotContainValue(trace);
    assertThat(record.message().headers()).containsEntry(ContextCodec.TRACEPARENT, trace);
    assertThat(record.end())
        .get()
        .isInstanceOfSatisfying(
            DeadLetter.Redriven.class,
            end -> assertThat(headers.get(ContextCodec.TRACEPARENT)).contains(end.traceId()));
  }

  @Test
  void whatHasNoPlaceToGoBackToStays() {
    Postgres.execute(
        bank.pool, "update concordat.dead_letter set name = 'gone' where name = 'books'");
    DeadLetterPlan plan = letters.plan(DeadLetterFilter.OPEN.withName("gone"));

    assertThat(plan.lines()).extracting(DeadLetterPlan.Line::taken).containsExactly(false);
    assertThat(redrive(plan)).isEqualTo(new DeadLetterProgress(3 * EACH, 0, 0, 3 * EACH));
    long id = plan.ids(0, 1).getFirst();
    assertThatThrownBy(() -> letters.redrive(id, "operator"))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.code()).isEqualTo(Code.FAILED_PRECONDITION));
    assertThat(letters.count()).isEqualTo(6 * EACH);
  }

  @Test
  void whatIsDiscardedIsRecordedAndNeverHandled() {
    mended = true;
    DeadLetterPlan plan = letters.plan(receipts().withKey("a"));

    assertThat(letters.discard(plan, "operator", "printed by hand", any -> true))
        .isEqualTo(progress(EACH));

    assertThat(redrive(plan)).isEqualTo(new DeadLetterProgress(EACH, 0, EACH, 0));
    List<DeadLetter> discarded =
        letters.list(DeadLetterFilter.OPEN.withState(DeadLetterFilter.State.DISCARDED), 0, 1_000);
    assertThat(discarded)
        .hasSize(EACH)
        .allSatisfy(each ->
            assertThat(each.end())
                .get()
                .isInstanceOfSatisfying(
                    DeadLetter.Discarded.class,
                    end -> assertThat(end.because()).isEqualTo("printed by hand")));
    assertThat(letters.count()).isEqualTo(5L * EACH);
    assertThat(bank.effects()).isZero();
  }

  private static DeadLetterProgress progress(int done) {
    return new DeadLetterProgress(done, done, 0, 0);
  }
}
