package dev.concordat.calls.jdbc;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/// One statement at a time, each its own transaction; what SQL fails with becomes a [Failure].
public record Database(DataSource source) {
  /// The same lock as every other part that creates tables in this schema.
  private static final String LOCK =
      "select pg_advisory_xact_lock(hashtextextended('concordat.schema', 0))";

  /// Creates what is missing. Safe when several do so at once.
  public void create(String... ddl) {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      boolean auto = connection.getAutoCommit();
      connection.setAutoCommit(false);
      try {
        statement.execute(LOCK);
        statement.execute("create schema if not exists concordat");
        for (String one : ddl) {
          statement.execute(one);
        }
        connection.commit();
      } catch (SQLException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(auto);
      }
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  /// Changes rows, and says how many.
  public int update(String sql, Object... values) {
    try (Connection connection = source.getConnection()) {
      return update(connection, sql, values);
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  public static int update(Connection connection, String sql, Object... values) {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, values);
      return statement.executeUpdate();
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  public <T> List<T> query(Row<T> row, String sql, Object... values) {
    try (Connection connection = source.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, values);
      List<T> rows = new ArrayList<>();
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          rows.add(row.read(result));
        }
      }
      return rows;
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  private static void bind(PreparedStatement statement, Object... values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      if (values[i] instanceof String[] texts) {
        statement.setArray(i + 1, statement.getConnection().createArrayOf("text", texts));
      } else {
        statement.setObject(i + 1, values[i]);
      }
    }
  }

  /// Lost connections, a server that starts or stops, and used-up resources pass; the rest does
  /// not.
  private static Failure failure(SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    boolean passing =
        state.isEmpty()
            || state.startsWith("08")
            || state.startsWith("53")
            || state.startsWith("57");
    return passing
        ? Failure.of(Code.UNAVAILABLE, "the database cannot be reached", e)
        : Failure.of(Code.INTERNAL, "the database refused a statement", e);
  }

  /// Reads one row.
  @FunctionalInterface
  public interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }
}
