package dev.concordat.events;

import java.lang.reflect.Method;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// A pool whose connections die at a chosen step of a chosen thread: before the step is done, or
/// after it was done and before anybody hears of it.
final class Faults {
  private static final Set<String> STEPS =
      Set.of("execute", "executeQuery", "executeUpdate", "executeBatch", "unwrap", "commit");

  private String thread = "";
  private int left;
  private boolean after;
  private boolean fired;

  /// The connection dies at this step (from 1) of threads with this in their name.
  synchronized void arm(String thread, int step, boolean after) {
    this.thread = thread;
    this.left = step;
    this.after = after;
    this.fired = false;
  }

  /// Whether it came to that.
  synchronized boolean disarm() {
    thread = "";
    return fired;
  }

  synchronized boolean fired() {
    return fired;
  }

  private synchronized boolean now() {
    if (thread.isEmpty() || !Thread.currentThread().getName().contains(thread)) {
      return false;
    }
    left--;
    fired |= left == 0;
    return left == 0;
  }

  DataSource over(DataSource pool) {
    return Proxies.pool(pool, this::over);
  }

  private Connection over(Connection connection) {
    return Proxies.proxy(
        Connection.class,
        (self, method, arguments) -> {
          Object result = step(connection, connection, method, arguments);
          return switch (result) {
            case CallableStatement call -> call;
            case PreparedStatement prepared -> over(connection, prepared, PreparedStatement.class);
            case Statement statement -> over(connection, statement, Statement.class);
            case null, default -> result;
          };
        });
  }

  private <T extends Statement> T over(Connection connection, T statement, Class<T> type) {
    return Proxies.proxy(
        type, (self, method, arguments) -> step(connection, statement, method, arguments));
  }

  private @Nullable Object step(
      Connection connection, Object target, Method method, Object @Nullable [] arguments)
      throws Throwable {
    boolean die = STEPS.contains(method.getName()) && now();
    if (die && !after) {
      connection.abort(Runnable::run);
    }
    Object result = Proxies.invoke(target, method, arguments);
    if (die) {
      connection.abort(Runnable::run);
      throw new SQLException("the connection died after " + method.getName(), "08006");
    }
    return result;
  }
}
