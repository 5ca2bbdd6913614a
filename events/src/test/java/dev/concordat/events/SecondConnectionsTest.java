package dev.concordat.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.events.bank.v1.BankOwner;
import dev.concordat.events.bank.v1.Booked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SecondConnectionsTest {
  private static final String METRIC = "concordat.events.second_connections";

  private final Counting counting = new Counting();
  private final Ears ears = new Ears();

  private Bank bank;
  private Events<BankOwner> events;

  /// On the pool itself: the one that the bank gives away fails where a second one is taken.
  @BeforeEach
  void open() {
    bank = new Bank();
    bank.open("one", "two");
    events =
        Events.open(BankOwner.OWNER, bank.pool, bank.log, Bank.options().withObserver(counting));
  }

  @AfterEach
  void close() {
    var _ = events.stop(Bank.GRACE);
    bank.close();
    ears.close();
  }

  @Test
  void whoTellsInATransactionOfItsOwnBesideTheHandlersIsNamedOnce() {
    events.subscribe(
        Booked.class,
        "beside",
        (event, tx) -> {
          beside();
          beside();
          Bank.effect(tx.connection(), "beside", event);
        });
    events.start();

    Bank.book(events, "one");
    Bank.book(events, "two");

    Await.until("both are applied", () -> bank.effects() == 2);
    assertThat(counting.count(METRIC)).isGreaterThanOrEqualTo(4);
    assertThat(ears.with("takes another connection"))
        .hasSize(1)
        .first()
        .asString()
        .contains("SecondConnectionsTest.beside");
  }

  @Test
  void oneTransactionAfterTheOtherIsNothingToTalkAbout() throws Exception {
    events.subscribe(
        Booked.class, "plain", (event, tx) -> Bank.effect(tx.connection(), "plain", event));
    events.start();

    Bank.book(events, "one");
    try (Transaction<BankOwner> tx = events.begin()) {
      Bank.book(tx, "two");
    }
    Bank.book(events, "two");

    Await.until("both are applied", () -> bank.effects() == 2);
    assertThat(counting.count(METRIC)).isZero();
    assertThat(ears.with("takes another connection")).isEmpty();
  }

  private void beside() {
    try (Transaction<BankOwner> other = events.begin()) {
      other.commit();
    }
  }
}
