package dev.concordat.bench.work;

import com.zaxxer.hikari.HikariDataSource;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// A pool whose connections say when what was written on them is committed: the same way to see an
/// effect for contestants that commit in places which nobody else sees.
///
/// Threads: safe for many.
public final class WatchedPool implements DataSource, AutoCloseable {
  private final HikariDataSource pool;

  WatchedPool(HikariDataSource pool) {
    this.pool = pool;
  }

  /// Calls this once the connection has committed; forgotten when it rolls back.
  static void afterCommit(Connection connection, Runnable action) throws SQLException {
    connection.unwrap(Watched.class).afterCommit(action);
  }

  /// What a connection of ours also is.
  interface Watched {
    void afterCommit(Runnable action);
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = pool.getConnection();
    List<Runnable> actions = new ArrayList<>();
    Watched watched = actions::add;
    return (Connection)
        Proxy.newProxyInstance(
            WatchedPool.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              switch (method.getName()) {
                case "unwrap" -> {
                  if (arguments[0] == Watched.class) {
                    return watched;
                  }
                }
                case "commit" -> {
                  Object done = invoke(connection, method, arguments);
                  actions.forEach(Runnable::run);
                  actions.clear();
                  return done;
                }
                case "rollback", "close" -> actions.clear();
                default -> {}
              }
              return invoke(connection, method, arguments);
            });
  }

  private static @Nullable Object invoke(
      Connection connection, java.lang.reflect.Method method, Object @Nullable [] arguments)
      throws Throwable {
    try {
      return method.invoke(connection, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLException("connections have one user");
  }

  @Override
  public PrintWriter getLogWriter() throws SQLException {
    return pool.getLogWriter();
  }

  @Override
  public void setLogWriter(PrintWriter out) throws SQLException {
    pool.setLogWriter(out);
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    pool.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return pool.getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getGlobal();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return pool.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return pool.isWrapperFor(type);
  }

  @Override
  public void close() {
    pool.close();
  }
}
