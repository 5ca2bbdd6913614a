package dev.concordat.service;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Collection;

/// A PostgreSQL on which the databases of a system live.
///
/// @param host name or address
/// @param port TCP port
/// @param user who may create databases
public record DatabaseServer(String host, int port, String user) {
  private static final String EXISTS = "select 1 from pg_database where datname = ?";

  /// JDBC URL of one database.
  public String url(String database) {
    return "jdbc:postgresql://" + host + ":" + port + "/" + database + "?user=" + user;
  }

  /// Creates the databases that are not there yet.
  public void create(Collection<String> databases) {
    try (Connection connection = DriverManager.getConnection(url("postgres"))) {
      for (String database : databases) {
        if (!exists(connection, database)) {
          create(connection, database);
        }
      }
    } catch (SQLException e) {
      throw Failure.of(
          Code.UNAVAILABLE,
          "creating the databases " + databases + " failed: " + e.getMessage(),
          e);
    }
  }

  private static boolean exists(Connection connection, String database) throws SQLException {
    try (var query = connection.prepareStatement(EXISTS)) {
      query.setString(1, database);
      try (var rows = query.executeQuery()) {
        return rows.next();
      }
    }
  }

  /// FILE_COPY instead of the default WAL_LOG writes no log for the copy, and template0 cannot have
  /// open connections, which would make it fail.
  private static void create(Connection connection, String database) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(
          "create database " + statement.enquoteIdentifier(database, true) + " template template0");
    }
  }
}
