package dev.concordat.events.subscriptions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Fanout;
import dev.concordat.events.Await;
import dev.concordat.events.Bank;
import dev.concordat.events.Events;
import dev.concordat.events.Postgres;
import dev.concordat.events.Transaction;
import dev.concordat.events.bank.v1.BankOwner;
import dev.concordat.events.bank.v1.Booked;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Many writers that hold their transactions for random times and fight for the same keys: nothing
/// is lost, nothing comes twice, and each key stays in order. Two simpler ways to read the outbox
/// are put to the same check, and fail it.
public class OrderTest {
  private static final int WRITERS = 16;
  private static final int KEYS = 10;
  private static final int BOOKINGS = 120;

  private final long seed = System.nanoTime();
  private Bank bank;
  private Events<BankOwner> events;

  /// On which log it is tried.
  protected Bank bank() {
    return new Bank(60);
  }

  @BeforeEach
  final void open() {
    bank = bank();
    bank.open(IntStream.range(0, KEYS).mapToObj(n -> "key" + n).toArray(String[]::new));
    Postgres.execute(bank.pool, "create table noise (at timestamptz)");
    events = bank.process(Bank.options());
  }

  @AfterEach
  final void close() {
    bank.close();
  }

  @Test
  void nothingIsLostNothingComesTwiceAndEachKeyStaysInOrder() {
    events.subscribe(
        Booked.class, "all", (event, tx) -> Bank.effect(tx.connection(), "all", event));
    events.start();

    write();

    Await.until(
        "all are applied, seed " + seed, () -> bank.effects() >= bank.booked(), bank::effects);
    assertThat(bank.verify("all")).as("seed " + seed).isEqualTo(Bank.Verification.CLEAN);
    assertThat(bank.booked()).isBetween((long) BOOKINGS, 2L * WRITERS * BOOKINGS);
  }

  @Test
  void aCursorOnTheHighestIdFailsThisCheck() {
    Bank.Verification naive = readWhileWriting("id > (select id from last) order by id");

    assertThat(naive.lost()).as("seed " + seed).isPositive();
  }

  @Test
  void theOrderOfTransactionIdsFailsThisCheck() {
    Bank.Verification byTransaction =
        readWhileWriting(
            "(xid, id) > (select xid, id from last)"
                + " and xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid, id");

    assertThat(byTransaction.lost()).as("seed " + seed).isZero();
    assertThat(byTransaction.disorder()).as("seed " + seed).isPositive();
  }

  /// Reads the outbox with a cursor, as people do, while writers write; effects are what it read.
  private Bank.Verification readWhileWriting(String wanted) {
    AtomicInteger done = new AtomicInteger();
    Postgres.execute(bank.pool, "create table last as select '0'::xid8 as xid, 0::bigint as id");
    Fanout.both(
        () -> {
          write();
          return done.incrementAndGet();
        },
        () -> readOn(wanted, () -> done.get() > 0),
        (a, b) -> true);
    return bank.verify("naive");
  }

  private boolean readOn(String wanted, BooleanSupplier written) throws Exception {
    boolean last = false;
    while (!last) {
      last = written.getAsBoolean();
      try (var connection = bank.pool.getConnection()) {
        connection.setAutoCommit(false);
        read(connection, wanted);
        connection.commit();
      }
      LockSupport.parkNanos(1_000_000);
    }
    return true;
  }

  private static void read(Connection connection, String wanted) throws Exception {
    try (var query =
            connection.prepareStatement(
                "select xid::text, id, payload from concordat.outbox where " + wanted);
        var rows = query.executeQuery();
        var move = connection.prepareStatement("update last set xid = ?::xid8, id = ?")) {
      while (rows.next()) {
        Bank.effect(connection, "naive", Booked.parseFrom(rows.getBytes(3)));
        move.setString(1, rows.getString(1));
        move.setLong(2, rows.getLong(2));
        move.executeUpdate();
      }
    }
  }

  private void write() {
    List<Integer> writers = IntStream.range(0, WRITERS).boxed().toList();
    Fanout.each(
        writers,
        WRITERS,
        writer -> {
          Random random = new Random(seed + writer);
          for (int i = 0; i < BOOKINGS; i++) {
            book(random);
          }
          return true;
        });
  }

  /// Some take a transaction id long before they wait for the key, some roll back, some tell
  /// several keys, some tell at the end and some at once.
  private void book(Random random) {
    try (Connection connection = bank.pool.getConnection()) {
      connection.setAutoCommit(false);
      try (Transaction<BankOwner> tx =
          random.nextBoolean() ? events.begin() : events.join(connection)) {
        book(random, tx);
      }
      connection.rollback();
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void book(Random random, Transaction<BankOwner> tx) throws SQLException {
    if (random.nextBoolean()) {
      Postgres.run(tx.connection(), "insert into noise values (now())");
      hold(random);
    }
    List<String> keys = new ArrayList<>(List.of("key" + random.nextInt(KEYS)));
    if (random.nextInt(4) == 0) {
      keys.add("key" + random.nextInt(KEYS));
    }
    for (String key : keys.stream().distinct().sorted().toList()) {
      Bank.book(tx, key);
    }
    hold(random);
    if (random.nextInt(10) > 0) {
      tx.commit();
    }
  }

  private static void hold(Random random) {
    LockSupport.parkNanos(random.nextInt(3_000_000));
  }
}
