package dev.concordat.events.store;

import dev.concordat.core.Shelter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A connection whose statements end with the caller's deadline or interruption, and which survives
/// that: the statement is cancelled in the database (SQLSTATE 57014), where a plain interrupt would
/// cut the connection and leave the statement running there.
///
/// Each statement costs the hop to another thread, some microseconds. A result set that fetches its
/// rows in portions does that on the reader's own thread.
public final class Statements {
  private static final Set<String> TALKING =
      Set.of("commit", "rollback", "setAutoCommit", "close", "setSavepoint", "releaseSavepoint");

  private Statements() {}

  public static Connection cancelled(Connection connection) {
    return over(connection, false);
  }

  /// The same for somebody who may neither end the transaction nor change the session, see
  /// [LentSession].
  public static Connection guarded(Connection connection) {
    return over(connection, true);
  }

  private static Connection over(Connection connection, boolean guarded) {
    return proxy(
        Connection.class,
        connection,
        (proxy, method, arguments) -> {
          if (guarded) {
            LentSession.check(method, arguments);
          }
          if (TALKING.contains(method.getName())) {
            return Shelter.call(() -> invoke(connection, method, arguments));
          }
          Object made = invoke(connection, method, arguments);
          return switch (made) {
            case CallableStatement call -> statement(CallableStatement.class, call, proxy, guarded);
            case PreparedStatement prepared ->
                statement(PreparedStatement.class, prepared, proxy, guarded);
            case Statement plain -> statement(Statement.class, plain, proxy, guarded);
            case null, default -> made;
          };
        });
  }

  private static <S extends Statement> S statement(
      Class<S> type, S statement, Object connection, boolean guarded) {
    return proxy(
        type,
        statement,
        (proxy, method, arguments) -> {
          if (guarded) {
            LentSession.checkText(arguments);
          }
          if (method.getName().startsWith("execute")) {
            return Shelter.call(
                () -> invoke(statement, method, arguments), new Cancelling(statement));
          }
          return method.getName().equals("getConnection")
              ? connection
              : invoke(statement, method, arguments);
        });
  }

  /// How a statement is stopped.
  private record Cancelling(Statement statement) implements Shelter.Stop {
    @Override
    public void ask() {
      try {
        statement.cancel();
      } catch (SQLException e) {
        force();
      }
    }

    @Override
    public void force() {
      try {
        statement.getConnection().abort(Runnable::run);
      } catch (SQLException e) {
        // It was closed meanwhile, which ends the statement too.
        assert e != null;
      }
    }
  }

  /// What one method of an interface does.
  @FunctionalInterface
  private interface Behaviour {
    @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
        throws Exception;
  }

  private static <T> T proxy(Class<T> type, T target, Behaviour behaviour) {
    return type.cast(
        Proxy.newProxyInstance(
            Statements.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                method.getDeclaringClass() == Object.class
                    ? invoke(target, method, arguments)
                    : behaviour.invoke(proxy, method, arguments)));
  }

  private static @Nullable Object invoke(
      Object target, Method method, Object @Nullable [] arguments) throws Exception {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      switch (e.getCause()) {
        case Exception exception -> throw exception;
        case Error error -> throw error;
        case null, default -> throw e;
      }
    }
  }
}
