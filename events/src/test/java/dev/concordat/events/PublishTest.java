package dev.concordat.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.concordat.contract.Event;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Limits;
import dev.concordat.events.bank.v1.BankOwner;
import dev.concordat.events.bank.v1.Booked;
import dev.concordat.events.bank.v1.Opened;
import dev.concordat.events.bank.v1.Quoted;
import dev.concordat.events.depot.v1.Stored;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PublishTest {
  private static final Opened FINE = Opened.newBuilder().setAccount("a").setHolder("Ada").build();

  private Bank bank;
  private Events<BankOwner> events;

  @BeforeEach
  void open() {
    bank = new Bank();
    events = bank.process(Bank.options().withLimits(Limits.DEFAULT.withMessageBytes(1_000)));
  }

  @AfterEach
  void close() {
    bank.close();
  }

  private long outbox() {
    return Postgres.number(bank.pool, "select count(*) from concordat.outbox");
  }

  private void refused(Code code, String says, Event<BankOwner> event) {
    try (Transaction<BankOwner> tx = events.begin()) {
      assertThatThrownBy(() -> tx.publish(List.of(FINE, event)))
          .isInstanceOfSatisfying(
              Failure.class,
              failure -> {
                assertThat(failure.code()).isEqualTo(code);
                assertThat(failure.toString()).contains(says);
              });
      tx.publish(FINE);
      tx.commit();
    }
    assertThat(outbox()).as("the rest goes on").isEqualTo(1);
  }

  @Test
  void anEventWithoutAKeyIsRefused() {
    refused(Code.INVALID_ARGUMENT, "account", FINE.toBuilder().clearAccount().build());
  }

  @Test
  void theContractSaysHowLongAnEventIsWorthHandling() {
    Quoted quoted = Quoted.newBuilder().setAccount("a").build();
    Instant until = Instant.parse("2040-01-01T00:00:00Z");
    try (Transaction<BankOwner> tx = events.begin()) {
      tx.publish(quoted);
      tx.publish(quoted, until);
      tx.publish(FINE);
      tx.commit();
    }
    String of =
        "select count(*) from concordat.outbox where headers like '%concordat-worth-until: ";
    assertThat(
            Postgres.number(
                bank.pool,
                of + "' || to_char(time + interval '60 s', 'YYYY-MM-DD\"T\"HH24:MI:SS') || '%'"))
        .as("a minute from when it was told")
        .isEqualTo(1);
    assertThat(Postgres.number(bank.pool, of + until + "%'"))
        .as("what the publisher says goes before")
        .isEqualTo(1);
    assertThat(Postgres.number(bank.pool, of + "%'")).isEqualTo(2);
  }

  @Test
  void anEventWithTooLongAKeyIsRefused() {
    refused(
        Code.INVALID_ARGUMENT,
        "at most 512 characters",
        FINE.toBuilder().setAccount("k".repeat(513)).build());
  }

  @Test
  void anEventThatBreaksItsContractIsRefused() {
    refused(Code.INVALID_ARGUMENT, "holder", FINE.toBuilder().setHolder("A").build());
  }

  @Test
  void anEventThatIsTooLargeIsRefused() {
    refused(
        Code.INVALID_ARGUMENT,
        "may have 1000",
        FINE.toBuilder().setPortrait(ByteString.copyFrom(new byte[1_001])).build());
  }

  @Test
  @SuppressWarnings({"unchecked", "rawtypes"}) // what the compiler would refuse
  void anotherOwnersEventIsRefusedAlsoWhereTheCompilerDoesNotSee() {
    Event foreign = (Event) (Object) Stored.newBuilder().setItem("x").build();

    refused(Code.PERMISSION_DENIED, "belongs to depot", (Event<BankOwner>) foreign);
  }

  @Test
  void manyEventsAreToldWithOneStatementInTheirOrder() throws Exception {
    bank.open("a", "b");
    events.subscribe(
        Booked.class, "all", (event, tx) -> Bank.effect(tx.connection(), "all", event));
    try (Connection connection = bank.pool.getConnection()) {
      connection.setAutoCommit(false);
      Transaction<BankOwner> tx = events.join(connection);
      List<Booked> told = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        String account = i % 2 == 0 ? "a" : "b";
        told.add(
            Booked.newBuilder().setAccount(account).setNumber(Bank.number(tx, account)).build());
      }
      tx.publish(told);
      tx.publish(List.of());
      tx.commit();
      connection.setAutoCommit(true);
    }
    assertThat(
            Postgres.number(bank.pool, "select count(distinct cmin::text) from concordat.outbox"))
        .as("statements that wrote the 20 rows")
        .isEqualTo(1);

    events.start();

    Await.until("all are applied", () -> bank.effects() == 20);
    assertThat(bank.verify("all")).isEqualTo(Bank.Verification.CLEAN);
  }
}
