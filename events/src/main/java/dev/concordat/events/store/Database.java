package dev.concordat.events.store;

import dev.concordat.core.Undisturbed;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// A database whose failures are [dev.concordat.core.Failure]s with a code.
///
/// @param pool where connections come from
public record Database(DataSource pool) {
  /// Work in a transaction.
  @FunctionalInterface
  public interface Work<T extends @Nullable Object> {
    T run(Connection connection) throws SQLException;
  }

  /// Runs the work in one transaction.
  public <T extends @Nullable Object> T transact(Work<T> work) {
    try (Lent lent = new Lent(pool.getConnection())) {
      Connection connection = lent.connection();
      connection.setAutoCommit(false);
      try {
        T result = work.run(connection);
        connection.commit();
        return result;
      } catch (Throwable e) {
        rollback(connection, e);
        throw e;
      } finally {
        restore(connection);
      }
    } catch (SQLException e) {
      throw SqlFailures.of(e);
    }
  }

  /// Runs one statement that is its own transaction.
  public <T extends @Nullable Object> T read(Work<T> work) {
    try (Lent lent = new Lent(pool.getConnection())) {
      lent.connection().setAutoCommit(true);
      return work.run(lent.connection());
    } catch (SQLException e) {
      throw SqlFailures.of(e);
    }
  }

  private record Lent(Connection connection) implements AutoCloseable {
    @Override
    public void close() throws SQLException {
      Undisturbed.run(connection::close);
    }
  }

  private static void rollback(Connection connection, Throwable because) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      because.addSuppressed(e);
    }
  }

  /// A broken connection cannot be restored; the pool finds out by itself.
  private static void restore(Connection connection) {
    try {
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      assert e != null;
    }
  }
}
