package dev.concordat.shop.store;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;

/// Runs one statement at a time, with its values bound in order.
///
/// Threads: those of the connection.
///
/// Failure: [Failure] with `UNAVAILABLE` when the database cannot be reached, `ABORTED` for a lost
/// race that may be run again, `INTERNAL` for everything else.
public final class Sql {
  private static final int FETCH = 500;

  private Sql() {}

  /// Reads one row.
  @FunctionalInterface
  public interface Row<T> {
    /// What the present row says.
    T read(ResultSet row) throws SQLException;
  }

  /// Changes rows.
  ///
  /// @return how many were changed
  public static int run(Connection connection, String statement, Object... values) {
    try (PreparedStatement prepared = prepare(connection, statement, values)) {
      return prepared.executeUpdate();
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  /// The first row, if there is one.
  public static <T> Optional<T> one(
      Connection connection, Row<T> row, String statement, Object... values) {
    return all(connection, row, statement, values).stream().findFirst();
  }

  /// The first row, if there is one, on a connection of its own.
  public static <T> Optional<T> one(
      DataSource database, Row<T> row, String statement, Object... values) {
    return all(database, row, statement, values).stream().findFirst();
  }

  /// All rows.
  public static <T> List<T> all(
      Connection connection, Row<T> row, String statement, Object... values) {
    try (PreparedStatement prepared = prepare(connection, statement, values);
        ResultSet rows = prepared.executeQuery()) {
      List<T> read = new ArrayList<>();
      while (rows.next()) {
        read.add(row.read(rows));
      }
      return read;
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  /// All rows, on a connection of its own.
  public static <T> List<T> all(
      DataSource database, Row<T> row, String statement, Object... values) {
    try (Connection connection = database.getConnection()) {
      return all(connection, row, statement, values);
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  /// Hands over row by row, 500 in memory at a time, on a connection of its own.
  public static <T> void stream(
      DataSource database, Row<T> row, Consumer<T> to, String statement, Object... values) {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false); // or the driver reads everything at once
      try (PreparedStatement prepared = prepare(connection, statement, values)) {
        prepared.setFetchSize(FETCH);
        try (ResultSet rows = prepared.executeQuery()) {
          while (rows.next()) {
            to.accept(row.read(rows));
          }
        }
      } finally {
        connection.rollback();
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  private static PreparedStatement prepare(
      Connection connection, String statement, Object... values) throws SQLException {
    PreparedStatement prepared = connection.prepareStatement(statement);
    for (int i = 0; i < values.length; i++) {
      switch (values[i]) {
        case Instant at -> prepared.setObject(i + 1, at.atOffset(ZoneOffset.UTC));
        case Enum<?> constant -> prepared.setString(i + 1, constant.name());
        case String[] texts -> prepared.setArray(i + 1, connection.createArrayOf("text", texts));
        case Long[] numbers -> prepared.setArray(i + 1, connection.createArrayOf("int8", numbers));
        case Integer[] numbers ->
            prepared.setArray(i + 1, connection.createArrayOf("int4", numbers));
        default -> prepared.setObject(i + 1, values[i]);
      }
    }
    return prepared;
  }

  private static Failure failure(SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    boolean gone =
        e instanceof SQLTransientConnectionException
            || state.startsWith("08")
            || state.startsWith("53")
            || state.startsWith("57P");
    if (gone) {
      return Failure.of(Code.UNAVAILABLE, "the database cannot be reached now; try again", e);
    }
    boolean lostRace = state.equals("40001") || state.equals("40P01");
    return lostRace
        ? Failure.of(Code.ABORTED, "another transaction came first; try again", e)
        : Failure.of(Code.INTERNAL, "the database refused a statement", e);
  }
}
