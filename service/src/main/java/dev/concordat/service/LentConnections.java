package dev.concordat.service;

import dev.concordat.core.Undisturbed;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// The pool as code meets it that may be interrupted while it has a connection: handlers above all.
/// Their connections go back as if they were not, see [Undisturbed].
///
/// @param asked runs whenever a connection is asked for
record LentConnections(DataSource pool, Runnable asked) implements DataSource {
  LentConnections(DataSource pool) {
    this(pool, () -> {});
  }

  @Override
  public Connection getConnection() throws SQLException {
    asked.run();
    return lent(pool.getConnection());
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    asked.run();
    return lent(pool.getConnection(user, password));
  }

  @SuppressWarnings("ReferenceEquality") // It equals itself and nothing else.
  private static Connection lent(Connection connection) {
    return (Connection)
        Proxy.newProxyInstance(
            LentConnections.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "close" -> giveBack(connection);
                  case "equals" -> proxy == arguments[0];
                  default -> invoke(connection, method, arguments);
                });
  }

  private static @Nullable Object giveBack(Connection connection) throws SQLException {
    Undisturbed.run(connection::close);
    return null;
  }

  private static @Nullable Object invoke(
      Connection connection, Method method, Object @Nullable [] arguments) throws Throwable {
    try {
      return method.invoke(connection, arguments);
    } catch (InvocationTargetException e) {
      Throwable cause = e.getCause();
      throw cause == null ? e : cause;
    }
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return type.isInstance(this) ? type.cast(this) : pool.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return type.isInstance(this) || pool.isWrapperFor(type);
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
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    return pool.getParentLogger();
  }
}
