package dev.concordat.bench.drill.events;

import dev.concordat.bench.drill.Postgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/// The tables of till and books themselves, from which the histories come. Nothing here knows of
/// Concordat: what a key saw in which order is counted in a row of the key, which stays locked
/// until the transaction ends.
final class Tables {
  static final String SOLD = "Sold";
  static final String DELIVER = "Deliver";
  static final String STAMP = "Stamp";
  static final String SETTLE = "settle";

  private static final String TOLD =
      """
      create table told (
        kind text not null,
        id bigint not null,
        key text not null,
        number bigint not null,
        at timestamptz not null
      );
      create index told_kind on told (kind, id);
      """;

  /// Ids come from a sequence, which no rollback turns back: the gaps are what was rolled back.
  private static final String OF_TILL =
      TOLD
          + """
          create sequence attempt;
          create table account (id text primary key, told bigint not null default 0)
            with (fillfactor = 50);
          create table noise (at timestamptz not null);
          """;

  private static final String OF_BOOKS =
      TOLD
          + """
          create table seen (
            reader text not null,
            key text not null,
            times bigint not null,
            primary key (reader, key)
          ) with (fillfactor = 50);
          create table effect (
            reader text not null,
            id bigint not null,
            key text not null,
            place bigint not null,
            at timestamptz not null
          );
          create index effect_id on effect (reader, id);
          create table booked (saga bigint not null, step text not null);
          create index booked_saga on booked (saga);
          create table undone (saga bigint not null, step text not null, primary key (saga, step));
          """;

  private static final String TELL_NEXT =
      """
      with place as (
        update account set told = told + 1 where id = ? returning told
      )
      insert into told (kind, id, key, number, at)
      select ?, nextval('attempt'), ?, told, clock_timestamp() from place
      returning id, number
      """;
  private static final String TELL =
      "insert into told (kind, id, key, number, at) values (?, ?, '', ?, clock_timestamp())";
  private static final String EFFECT =
      """
      with place as (
        insert into seen (reader, key, times) values (?, ?, 1)
        on conflict (reader, key) do update set times = seen.times + 1
        returning times
      )
      insert into effect (reader, id, key, place, at)
      select ?, ?, ?, times, clock_timestamp() from place
      """;
  private static final String EFFECT_WITHOUT_KEY =
      "insert into effect (reader, id, key, place, at) values (?, ?, '', 0, clock_timestamp())";
  private static final String BOOK = "insert into booked (saga, step) values (?, ?)";
  private static final String UNDO =
      "insert into undone (saga, step) values (?, ?) on conflict do nothing";

  private Tables() {}

  /// Makes the tables.
  static void create(Scene scene, int accounts) {
    execute(
        Postgres.source(scene.server().url(Scene.TILL)),
        OF_TILL
            + "insert into account (id) select 'a' || n from generate_series(0, "
            + (accounts - 1)
            + ") as n");
    execute(Postgres.source(scene.server().url(Scene.BOOKS)), OF_BOOKS);
  }

  /// The next message of an account.
  record Next(long id, long number) {}

  /// Takes the account's lock, numbers the message, and writes down that it is told.
  static Next tellNext(Connection connection, String kind, String account) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(TELL_NEXT)) {
      insert.setString(1, account);
      insert.setString(2, kind);
      insert.setString(3, account);
      try (ResultSet row = insert.executeQuery()) {
        row.next();
        return new Next(row.getLong(1), row.getLong(2));
      }
    }
  }

  /// Writes down that something without a key is told.
  static void tell(Connection connection, String kind, long id) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(TELL)) {
      insert.setString(1, kind);
      insert.setLong(2, id);
      insert.setLong(3, id);
      insert.executeUpdate();
    }
  }

  /// What a reader does with a message.
  static void effect(Connection connection, String reader, long id, String key)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(EFFECT)) {
      insert.setString(1, reader);
      insert.setString(2, key);
      insert.setString(3, reader);
      insert.setLong(4, id);
      insert.setString(5, key);
      insert.executeUpdate();
    }
  }

  /// The same where nothing has an order.
  static void effect(Connection connection, String reader, long id) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(EFFECT_WITHOUT_KEY)) {
      insert.setString(1, reader);
      insert.setLong(2, id);
      insert.executeUpdate();
    }
  }

  /// A step of a saga.
  static void book(Connection connection, long saga, String step) throws SQLException {
    of(connection, BOOK, saga, step);
  }

  /// Takes a step of a saga back; any number of times.
  static void undo(Connection connection, long saga, String step) throws SQLException {
    of(connection, UNDO, saga, step);
  }

  private static void of(Connection connection, String sql, long saga, String step)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(sql)) {
      insert.setLong(1, saga);
      insert.setString(2, step);
      insert.executeUpdate();
    }
  }

  /// Runs statements.
  static void execute(DataSource database, String sql) {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }
}
