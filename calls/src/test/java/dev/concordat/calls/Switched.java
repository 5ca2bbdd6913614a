package dev.concordat.calls;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;

/// A database that can be cut off.
final class Switched {
  private final DataSource real;
  private final AtomicInteger refused = new AtomicInteger();
  private volatile boolean off;

  Switched(DataSource real) {
    this.real = real;
  }

  void off() {
    off = true;
  }

  void on() {
    off = false;
  }

  int refused() {
    return refused.get();
  }

  DataSource source() {
    return new DataSource() {
      @Override
      public Connection getConnection() throws SQLException {
        if (off) {
          refused.incrementAndGet();
          throw new SQLException("cut off", "08001");
        }
        return real.getConnection();
      }

      @Override
      public Connection getConnection(String user, String password) throws SQLException {
        return getConnection();
      }

      @Override
      public PrintWriter getLogWriter() throws SQLException {
        return real.getLogWriter();
      }

      @Override
      public void setLogWriter(PrintWriter out) throws SQLException {
        real.setLogWriter(out);
      }

      @Override
      public void setLoginTimeout(int seconds) throws SQLException {
        real.setLoginTimeout(seconds);
      }

      @Override
      public int getLoginTimeout() throws SQLException {
        return real.getLoginTimeout();
      }

      @Override
      public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return real.getParentLogger();
      }

      @Override
      public <T> T unwrap(Class<T> type) throws SQLException {
        return real.unwrap(type);
      }

      @Override
      public boolean isWrapperFor(Class<?> type) throws SQLException {
        return real.isWrapperFor(type);
      }
    };
  }
}
