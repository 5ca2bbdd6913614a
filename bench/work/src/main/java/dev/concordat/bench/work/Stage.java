package dev.concordat.bench.work;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;

/// What every contestant is given: a pool on its own database, and a ledger that it keeps.
///
/// @param pool its connections; a commit on them is noticed
/// @param ledger what is to be done in transactions
/// @param kafka `host:port` of a broker; empty where there is none
public record Stage(WatchedPool pool, Ledger ledger, String kafka) implements AutoCloseable {
  private static final int CONNECTIONS = 32;
  private static final long PATIENCE_MILLIS = 60_000;

  private static final String TABLES =
      """
      create table if not exists orders (
        id bigint primary key,
        customer text not null,
        note text not null);
      create table if not exists effects (id bigint primary key);
      """;

  /// Opens the pool and makes the tables.
  public static Stage open(String url, String kafka) throws SQLException {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(CONNECTIONS);
    config.setConnectionTimeout(PATIENCE_MILLIS);
    WatchedPool pool = new WatchedPool(new HikariDataSource(config));
    Stage stage = new Stage(pool, new Ledger(), kafka);
    stage.execute(TABLES);
    return stage;
  }

  /// Runs a script.
  public void execute(String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /// Runs work in a transaction.
  public void transact(Work work) throws Exception {
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      try {
        work.run(connection);
        connection.commit();
      } catch (Exception e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(true);
      }
    }
  }

  /// The number that a statement answers with.
  public long number(String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /// Work on a connection.
  @FunctionalInterface
  public interface Work {
    /// Does it.
    void run(Connection connection) throws Exception;
  }

  @Override
  public void close() {
    pool.close();
  }
}
