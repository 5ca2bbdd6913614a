package dev.concordat.events.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Background;
import dev.concordat.core.ContextCodec;
import dev.concordat.events.Await;
import dev.concordat.events.Bank;
import dev.concordat.events.Events;
import dev.concordat.events.EventsOptions;
import dev.concordat.events.Parts;
import dev.concordat.events.Postgres;
import dev.concordat.events.Topics;
import dev.concordat.events.bank.v1.BankOwner;
import dev.concordat.events.bank.v1.Booked;
import dev.concordat.events.claims.Claims;
import dev.concordat.events.log.NoLog;
import dev.concordat.events.loop.Signal;
import dev.concordat.events.personal.PersonalData;
import dev.concordat.events.store.Channel;
import dev.concordat.events.store.Database;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BellTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String LISTENING =
      " from pg_stat_activity"
          + " where datname = current_database() and query = 'listen concordat_outbox'";

  private final Bank bank = new Bank();
  private final Background background = new Background("bell-test");

  @BeforeEach
  void open() {
    bank.open("a", "b");
  }

  @AfterEach
  void close() {
    background.close();
    bank.close();
  }

  private Events<BankOwner> process() {
    Events<BankOwner> events = bank.process(Bank.options());
    events.subscribe(
        Booked.class, "all", (event, tx) -> Bank.effect(tx.connection(), "all", event));
    events.start();
    return events;
  }

  private long listening() {
    return Postgres.number(bank.pool, "select count(*)" + LISTENING);
  }

  private void awaitSequencer() {
    Await.until(
        "there is a sequencer",
        () ->
            Postgres.number(
                    bank.pool,
                    "select count(*) from concordat.claim"
                        + " where name = 'sequencer' and owner is not null")
                > 0);
  }

  @Test
  void whoHoldsTheSequencerHearsTheOthers() throws InterruptedException {
    bank.process(Bank.options()).close();
    Wake here = new Wake(bank);
    here.start(background);
    awaitSequencer();
    Wake there = new Wake(bank);
    there.start(background);
    Await.until("it listens", () -> listening() == 1);
    boolean _ = here.parts.wake().await(Duration.ZERO);

    there.bell.ring();

    assertThat(here.parts.wake().await(PATIENCE)).isTrue();
    here.bell.stop();
    there.bell.stop();
  }

  @Test
  void onlyWhoDoesNotHoldItRings() {
    Events<BankOwner> sequencer = process();
    awaitSequencer();
    Events<BankOwner> other = process();
    AtomicInteger rung = new AtomicInteger();
    Channel channel = new Channel(new Database(bank.pool), "concordat_outbox");
    background.start(
        "listen", () -> channel.listen(() -> !background.stopping(), _ -> rung.incrementAndGet()));
    Await.until("all listen", () -> listening() == 2);

    Bank.book(sequencer, "a");
    Await.until("it is applied", () -> bank.effects() == 1);
    assertThat(rung).hasValue(0);
    Bank.book(other, "a");
    Await.until("it has rung", () -> rung.get() == 1);
  }

  @Test
  void itListensAgainWhenItsConnectionIsCut() {
    process();
    awaitSequencer();
    process();
    Await.until("it listens", () -> listening() == 1);
    long before = session();

    Postgres.execute(bank.pool, "select pg_terminate_backend(" + before + ", 5000)");

    Await.until("it listens again", () -> listening() == 1 && session() != before);
  }

  private long session() {
    return Postgres.number(bank.pool, "select pid" + LISTENING);
  }

  @Test
  void nobodyListensWhereThereIsNobodyElse() {
    Events<BankOwner> alone = process();
    Bank.book(alone, "a");
    Await.until("it is applied", () -> bank.effects() == 1);
    assertThat(listening()).isZero();

    Events<BankOwner> other = process();
    Await.until("it listens", () -> listening() == 1);
    other.close();
    Await.until("it is alone again", () -> listening() == 0);

    Bank.book(alone, "b");
    Await.until("it goes on", () -> bank.effects() == 2);
  }

  /// As much of a process as it takes to hold the sequencer.
  private static final class Wake {
    final Parts parts;
    final Bell bell;
    private final Claims claims;

    Wake(Bank bank) {
      EventsOptions options = Bank.options();
      this.parts =
          new Parts(
              BankOwner.OWNER.ownerName(),
              UUID.randomUUID(),
              new Database(bank.pool),
              new NoLog(),
              new ContextCodec(options.clock(), options.limits()),
              new Topics(),
              new Signal(),
              new PersonalData(BankOwner.OWNER.ownerName(), Optional.empty()),
              options);
      this.claims = new Claims(parts);
      this.bell = new Bell(parts, claims);
    }

    void start(Background background) {
      claims.loop().start(background);
      claims.want(Sequencer.CLAIM, 1, bell::changed);
      bell.start(background);
    }
  }
}
