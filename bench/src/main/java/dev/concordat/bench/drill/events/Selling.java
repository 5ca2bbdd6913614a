package dev.concordat.bench.drill.events;

import dev.concordat.bench.books.v1.Deliver;
import dev.concordat.bench.till.v1.Sold;
import dev.concordat.bench.till.v1.TillOwner;
import dev.concordat.core.Background;
import dev.concordat.core.Clock;
import dev.concordat.events.Events;
import dev.concordat.events.EventsOptions;
import dev.concordat.events.Transaction;
import dev.concordat.events.log.Broker;
import dev.concordat.events.log.Envelope;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import javax.sql.DataSource;

/// The till's transactions, at a steady rate. Some take a transaction id long before they wait for
/// an account, some roll back, some tell several accounts, some run on a connection of their own.
final class Selling {
  static final int ACCOUNTS = 40;
  static final int WRITERS = 8;
  private static final Duration AFTER_A_FAILURE = Duration.ofMillis(50);
  private static final long SECOND = 1_000_000_000;
  private static final int LONGEST_HOLD_NANOS = 3_000_000;

  private final Events<TillOwner> events;
  private final Means means;
  private final Background writers = new Background("till");

  Selling(Events<TillOwner> events, Means means) {
    this.events = events;
    this.means = means;
  }

  /// What else it works with.
  ///
  /// @param log to write to directly, which is wrong
  /// @param flaw what is done wrong
  record Means(DataSource pool, Broker log, Flaw flaw) {}

  /// Begins to sell.
  ///
  /// @param rate transactions per second
  void start(int rate, long seed) {
    for (int i = 0; i < WRITERS; i++) {
      Random random = new Random(seed + i);
      writers.start("writer", () -> sell(random, WRITERS * SECOND / Math.max(1, rate)));
    }
  }

  void stop(Duration grace) {
    writers.stop(grace);
  }

  /// Tells one more message of each kind and account, so that everybody must have come past what
  /// was told before.
  static void tellTheLast(Scene scene) {
    try (var pool = OpenLog.pool(scene.server().url(Scene.TILL), 2);
        OpenLog log = OpenLog.at(scene.log());
        Events<TillOwner> events =
            Events.open(TillOwner.OWNER, pool, log.broker(), EventsOptions.DEFAULT)) {
      tellTheLast(events);
    }
  }

  private static void tellTheLast(Events<TillOwner> events) {
    for (int i = 0; i < ACCOUNTS; i++) {
      try (Transaction<TillOwner> tx = events.begin()) {
        sell(tx, "a" + i);
        deliver(tx, "a" + i);
        tx.commit();
      } catch (SQLException e) {
        throw new IllegalStateException("the last messages could not be told", e);
      }
    }
  }

  private void sell(Random random, long interval) {
    long next = System.nanoTime() + random.nextLong(interval + 1);
    while (!writers.stopping()) {
      try {
        pause(next - System.nanoTime());
        next = Math.max(next + interval, System.nanoTime() - SECOND);
        sell(random);
      } catch (RuntimeException | SQLException e) {
        // The till's customers go away and others come: what failed was rolled back, or was not.
        pause(AFTER_A_FAILURE.toNanos());
      }
    }
  }

  private void sell(Random random) throws SQLException {
    if (random.nextBoolean()) {
      try (Transaction<TillOwner> tx = events.begin()) {
        sell(random, tx);
      }
      return;
    }
    try (Connection connection = means.pool().getConnection()) {
      connection.setAutoCommit(false);
      try (Transaction<TillOwner> tx = events.join(connection)) {
        sell(random, tx);
      } finally {
        connection.rollback();
        connection.setAutoCommit(true);
      }
    }
  }

  private void sell(Random random, Transaction<TillOwner> tx) throws SQLException {
    if (random.nextBoolean()) {
      try (Statement statement = tx.connection().createStatement()) {
        statement.execute("insert into noise values (clock_timestamp())");
      }
      pause(random.nextInt(LONGEST_HOLD_NANOS));
    }
    List<String> accounts = new ArrayList<>(List.of("a" + random.nextInt(ACCOUNTS)));
    if (random.nextInt(4) == 0) {
      accounts.add("a" + random.nextInt(ACCOUNTS));
    }
    boolean deliver = random.nextInt(4) == 0;
    for (String account : accounts.stream().distinct().sorted().toList()) {
      tell(tx, account);
      if (deliver) {
        deliver(tx, account);
      }
    }
    pause(random.nextInt(LONGEST_HOLD_NANOS));
    if (random.nextInt(10) > 0) {
      tx.commit();
    }
  }

  private void tell(Transaction<TillOwner> tx, String account) throws SQLException {
    switch (means.flaw()) {
      case TOLD_BEFORE_COMMIT -> tellLog(sold(tx, account));
      case TOLD_AFTER_COMMIT -> {
        Sold sold = sold(tx, account);
        tx.afterCommit(() -> {
          pause(LONGEST_HOLD_NANOS);
          tellLog(sold);
        });
      }
      default -> sell(tx, account);
    }
  }

  private static void sell(Transaction<TillOwner> tx, String account) throws SQLException {
    tx.publish(sold(tx, account));
  }

  private static Sold sold(Transaction<TillOwner> tx, String account) throws SQLException {
    Tables.Next next = Tables.tellNext(tx.connection(), Tables.SOLD, account);
    return Sold.newBuilder().setAccount(account).setNumber(next.number()).setId(next.id()).build();
  }

  /// Without an outbox.
  private void tellLog(Sold sold) {
    UUID id = UUID.randomUUID();
    boolean _ =
        means
            .log()
            .append(
                "till/" + id,
                1,
                List.of(
                    new Envelope(
                        id,
                        Scene.TILL,
                        Sold.getDescriptor().getFullName(),
                        sold.getAccount(),
                        Clock.SYSTEM.now(),
                        Map.of(),
                        sold.toByteString())));
  }

  private static void deliver(Transaction<TillOwner> tx, String account) throws SQLException {
    Tables.Next next = Tables.tellNext(tx.connection(), Tables.DELIVER, account);
    tx.enqueue(
        Deliver.newBuilder().setAccount(account).setNumber(next.number()).setId(next.id()).build());
  }

  private void pause(long nanos) {
    try {
      if (nanos > 0) {
        Clock.SYSTEM.sleep(Duration.ofNanos(nanos));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
