package dev.concordat.events.subscriptions;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.concordat.core.Backoff;
import dev.concordat.core.Fanout;
import dev.concordat.events.Await;
import dev.concordat.events.Bank;
import dev.concordat.events.Events;
import dev.concordat.events.Postgres;
import dev.concordat.events.Transaction;
import dev.concordat.events.bank.v1.BankOwner;
import dev.concordat.events.bank.v1.Booked;
import dev.concordat.events.deadletters.DeadLetter;
import dev.concordat.events.deadletters.DeadLetterFilter;
import dev.concordat.events.log.Envelope;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Handlers that misbehave and messages that should not be there: each has an answer, and the rest
/// goes on.
class BadHandlersTest {
  private static final SubscriptionOptions TWO_TRIES =
      SubscriptionOptions.DEFAULT
          .withAttempts(2)
          .withBackoff(new Backoff(Duration.ofMillis(1), Duration.ofMillis(5)));

  private Bank bank;
  private Events<BankOwner> events;

  @BeforeEach
  void open() {
    bank = new Bank();
    bank.open("bad", "good", "other");
    events = bank.process(Bank.options());
  }

  @AfterEach
  void close() {
    bank.close();
  }

  private List<DeadLetter> dead() {
    return events.deadLetters().list(DeadLetterFilter.OPEN, 0, 100);
  }

  enum Sin {
    COMMITS,
    COMMITS_BY_SQL,
    ROLLS_BACK,
    CLOSES,
    TURNS_AUTOCOMMIT_ON,
    SETS_A_ROLE,
    COMMITS_THE_TRANSACTION,
    LEAVES_IT_ABORTED,
    OVERFLOWS_ITS_STACK,
    RUNS_OUT_OF_MEMORY,
    MISSES_A_CLASS,
    SAYS_INTERRUPTED,
    INTERRUPTS_ITSELF_AND_FAILS
  }

  private static void commit(Sin sin, Transaction<BankOwner> tx) throws Exception {
    switch (sin) {
      case COMMITS -> tx.connection().commit();
      case COMMITS_BY_SQL -> Postgres.run(tx.connection(), "select 1; commit");
      case ROLLS_BACK -> tx.connection().rollback();
      case CLOSES -> tx.connection().close();
      case TURNS_AUTOCOMMIT_ON -> tx.connection().setAutoCommit(true);
      case SETS_A_ROLE -> Postgres.run(tx.connection(), "set role postgres");
      case COMMITS_THE_TRANSACTION -> tx.commit();
      case LEAVES_IT_ABORTED -> abort(tx);
      case OVERFLOWS_ITS_STACK -> throw new StackOverflowError("too deep");
      case RUNS_OUT_OF_MEMORY -> throw new OutOfMemoryError("of its own making");
      case MISSES_A_CLASS -> throw new NoClassDefFoundError("gone");
      case SAYS_INTERRUPTED -> throw new InterruptedException("by nobody");
      case INTERRUPTS_ITSELF_AND_FAILS -> {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted itself");
      }
    }
  }

  private static void abort(Transaction<BankOwner> tx) {
    try {
      Postgres.run(tx.connection(), "select 1 / 0");
    } catch (IllegalStateException e) {
      assertThat(e).isNotNull();
    }
  }

  @ParameterizedTest
  @EnumSource(Sin.class)
  void aSinOfOneKeyIsADeadLetterAndTheOthersGoOn(Sin sin) {
    events.subscribe(
        Booked.class,
        "all",
        TWO_TRIES,
        (event, tx) -> {
          Bank.effect(tx.connection(), "all", event);
          if (event.getAccount().equals("bad")) {
            commit(sin, tx);
          }
        });
    events.start();

    Bank.book(events, "bad");
    for (int i = 0; i < 5; i++) {
      Bank.book(events, "good");
      Bank.book(events, "other");
    }

    Await.until(
        "the good ones are applied", () -> bank.effects("good") + bank.effects("other") == 10);
    Await.until("the bad one is dead", () -> dead().size() == 1);
    assertThat(dead().getFirst().attempts()).hasSize(2);
    assertThat(bank.effects("bad")).isZero();
    assertThat(bank.verify("all").twice()).isZero();
    assertThat(bank.verify("all").disorder()).isZero();
  }

  @Test
  void aHandlerThatNeverReturnsCostsOnlyItsKeyAndDoesNotHoldUpTheStop() {
    AtomicLong released = new AtomicLong();
    AtomicInteger entered = new AtomicInteger();
    events.subscribe(
        Booked.class,
        "all",
        TWO_TRIES.withBudget(Duration.ofSeconds(1)).withParallel(2),
        (event, tx) -> {
          while (event.getAccount().equals("bad") && released.get() == 0) {
            entered.set(1);
            // Deaf to interruption, which parking keeps.
            var _ = Thread.interrupted();
            LockSupport.parkNanos(1_000_000);
          }
          Bank.effect(tx.connection(), "all", event);
        });
    events.start();

    Bank.book(events, "bad");
    Await.until("it hangs", () -> entered.get() == 1);
    for (int i = 0; i < 5; i++) {
      Bank.book(events, "good");
    }

    Await.until("the good ones are applied", () -> bank.effects("good") == 5);
    Await.until("the bad one is dead", () -> dead().size() == 1);
    assertThat(dead().getFirst().reason()).contains("did not return within its budget");
    released.set(1);
    Bank.book(events, "good");
    Await.until("the good ones go on", () -> bank.effects("good") == 6);
    assertThat(bank.effects("bad")).isZero();
  }

  @Test
  void messagesThatShouldNotBeThereAreDeadLettersAndTheRestGoesOn() throws SQLException {
    events.subscribe(
        Booked.class, "all", TWO_TRIES, (event, tx) -> Bank.effect(tx.connection(), "all", event));
    events.start();
    Bank.book(events, "good");
    Await.until("the topic is there", () -> bank.effects("good") == 1);

    Booked good = Booked.newBuilder().setAccount("good").setNumber(2).build();
    ByteString newer =
        good.toBuilder()
            .setUnknownFields(
                UnknownFieldSet.newBuilder()
                    .addField(4_711, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                    .build())
            .build()
            .toByteString();
    List<Envelope> told = new ArrayList<>();
    told.add(message("bank", "bad", ByteString.copyFrom(new byte[] {10, 127, 1}), Map.of()));
    told.add(message("depot", "bad", good.toByteString(), Map.of()));
    told.add(message("bank", "bad", ByteString.copyFrom(new byte[5 * 1024 * 1024]), Map.of()));
    told.add(
        message("bank", "bad", good.toByteString(), Map.of(Expiry.HEADER, "2020-01-01T00:00:00Z")));
    told.add(
        message("bank", "", Booked.newBuilder().setNumber(9).build().toByteString(), Map.of()));
    told.add(message("bank", "good", newer, Map.of(Expiry.HEADER, "soon")));
    bank.log.append("stranger", 1, told);

    Await.until("the good one is applied", () -> bank.effects("good") == 2);
    Await.until("four are dead", () -> dead().size() == 4, this::dead);
    assertThat(dead().stream().map(DeadLetter::reason).toList())
        .satisfiesExactlyInAnyOrder(
            reason -> assertThat(reason).contains("cannot be read as bank.v1.Booked"),
            reason -> assertThat(reason).contains("told by depot").contains("only its owner bank"),
            reason -> assertThat(reason).contains("more than the limit"),
            reason -> assertThat(reason).contains("expired").contains("2020-01-01"));
    assertThat(dead()).allSatisfy(letter -> assertThat(letter.message().payload()).isNotEmpty());
    Await.until("the one without a key is applied", () -> bank.effects("") == 1);
  }

  private static Envelope message(
      String source, String key, ByteString payload, Map<String, String> headers) {
    return new Envelope(
        UUID.randomUUID(), source, "bank.v1.Booked", key, Instant.now(), headers, payload);
  }

  @Test
  void aNameThatReadsAnotherTopicIsRefusedAndTheOthersGoOn() {
    Postgres.execute(
        bank.pool,
        "insert into concordat.subscription (name, topic) values ('taken', 'bank.v1.Other')");
    Postgres.execute(
        bank.pool,
        "insert into concordat.subscription (name, topic, service)"
            + " values ('theirs', 'bank.v1.Booked', 'depot')");
    for (String name : List.of("taken", "theirs", "all")) {
      events.subscribe(
          Booked.class, name, (event, tx) -> Bank.effect(tx.connection(), name, event));
    }
    events.start();

    Fanout.each(
        List.of("good", "other"),
        account -> {
          Bank.book(events, account);
          return true;
        });

    Await.until("both are applied", () -> bank.effects() == 2);
    assertThat(bank.order("taken")).isEmpty();
    assertThat(bank.order("theirs")).isEmpty();
  }
}
