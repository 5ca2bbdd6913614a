package dev.concordat.events;

import com.zaxxer.hikari.HikariDataSource;
import dev.concordat.events.bank.v1.BankOwner;
import dev.concordat.events.bank.v1.Booked;
import dev.concordat.events.log.Broker;
import dev.concordat.events.log.PostgresLog;
import dev.concordat.events.personal.PersonKeys;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import javax.sql.DataSource;

/// A service of the tests with a database of its own and a log: accounts whose bookings are
/// numbered in the database, and what subscribers made of them.
public final class Bank implements AutoCloseable {
  public static final Duration GRACE = Duration.ofSeconds(20);

  final Faults faults = new Faults();
  private final OneEach oneEach = new OneEach();
  private final OneEach oneEachOfLog = new OneEach();
  public final HikariDataSource pool;
  private final HikariDataSource logPool;
  public final Broker log;
  private final List<Events<BankOwner>> processes = new CopyOnWriteArrayList<>();

  public Bank() {
    this(16);
  }

  public Bank(int connections) {
    this(connections, PostgresLog::open);
  }

  /// With the log elsewhere.
  ///
  /// @param log opens it; may use the database that it is given
  public Bank(int connections, Function<DataSource, Broker> log) {
    pool = Postgres.database("bank", connections);
    logPool = Postgres.database("log", 8);
    this.log = log.apply(faults.over(oneEachOfLog.over(logPool)));
    Postgres.execute(
        pool,
        """
        create table account (id text primary key, booked bigint not null default 0);
        create table effect (
          nth bigint generated always as identity,
          subscription text not null,
          account text not null,
          number bigint not null);
        """);
  }

  public HikariDataSource logPool() {
    return logPool;
  }

  private DataSource watched() {
    return faults.over(oneEach.over(pool));
  }

  /// Another process of the service.
  public Events<BankOwner> process(EventsOptions options) {
    return process(options, log);
  }

  /// One that has keys for personal data.
  public Events<BankOwner> process(EventsOptions options, PersonKeys keys) {
    Events<BankOwner> events =
        Events.open(BankOwner.OWNER, watched(), log, options, Optional.of(keys));
    processes.add(events);
    return events;
  }

  public Events<BankOwner> process(EventsOptions options, Broker broker) {
    Events<BankOwner> events = Events.open(BankOwner.OWNER, watched(), broker, options);
    processes.add(events);
    return events;
  }

  /// Quick leases and looks, so that nobody waits long.
  public static EventsOptions options() {
    return EventsOptions.DEFAULT.withLease(Duration.ofMillis(900)).withPoll(Duration.ofMillis(100));
  }

  public void open(String... accounts) {
    for (String account : accounts) {
      Postgres.execute(
          pool, "insert into account (id) values ('" + account + "') on conflict do nothing");
    }
  }

  /// Books once: takes the account's lock, numbers the booking, tells it.
  public static void book(Transaction<BankOwner> tx, String account) throws SQLException {
    tx.publish(Booked.newBuilder().setAccount(account).setNumber(number(tx, account)).build());
  }

  static long number(Transaction<BankOwner> tx, String account) throws SQLException {
    try (var update =
        tx.connection()
            .prepareStatement(
                "update account set booked = booked + 1 where id = ? returning booked")) {
      update.setString(1, account);
      try (var rows = update.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  public static void book(Events<BankOwner> events, String account) {
    try (Transaction<BankOwner> tx = events.begin()) {
      book(tx, account);
      tx.commit();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A handler's effect.
  public static void effect(Connection connection, String subscription, Booked event)
      throws SQLException {
    try (var insert =
        connection.prepareStatement(
            "insert into effect (subscription, account, number) values (?, ?, ?)")) {
      insert.setString(1, subscription);
      insert.setString(2, event.getAccount());
      insert.setLong(3, event.getNumber());
      insert.executeUpdate();
    }
  }

  public long effects() {
    return Postgres.number(pool, "select count(*) from effect");
  }

  public long effects(String account) {
    return Postgres.number(pool, "select count(*) from effect where account = '" + account + "'");
  }

  public long booked() {
    return Postgres.number(pool, "select coalesce(sum(booked), 0) from account");
  }

  /// What is wrong with the effects of a subscription: bookings that are missing, applied twice, or
  /// applied out of their account's order.
  public Verification verify(String subscription) {
    String of = " where subscription = '" + subscription + "'";
    long applied = Postgres.number(pool, "select count(*) from effect" + of);
    long distinct =
        Postgres.number(
            pool, "select count(*) from (select distinct account, number from effect" + of + ") d");
    long disorder =
        Postgres.number(
            pool,
            "select count(*) from (select number - lag(number) over"
                + " (partition by account order by nth) as step from effect"
                + of
                + ") s where step < 1");
    return new Verification(booked() - distinct, applied - distinct, disorder);
  }

  public record Verification(long lost, long twice, long disorder) {
    public static final Verification CLEAN = new Verification(0, 0, 0);
  }

  public List<String> order(String subscription) {
    List<String> order = new ArrayList<>();
    try (var connection = pool.getConnection();
        var query =
            connection.prepareStatement(
                "select account || number from effect where subscription = ? order by nth")) {
      query.setString(1, subscription);
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          order.add(rows.getString(1));
        }
      }
      return order;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    processes.forEach(events -> events.stop(GRACE));
    log.close();
    pool.close();
    logPool.close();
    oneEach.verify();
    oneEachOfLog.verify();
  }
}
