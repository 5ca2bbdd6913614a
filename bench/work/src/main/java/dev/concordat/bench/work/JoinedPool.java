package dev.concordat.bench.work;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import javax.sql.DataSource;

/// For libraries that take a `DataSource` and know nothing of the caller's transaction: within one,
/// a thread that asks for a connection gets that of the transaction, which it can neither commit
/// nor close. What Spring's `TransactionAwareDataSourceProxy` does.
///
/// Threads: safe for many.
public final class JoinedPool {
  private static final Set<String> NOT_ITS_OWN =
      Set.of("commit", "rollback", "close", "setAutoCommit");

  private static final ThreadLocal<Connection> CURRENT = new ThreadLocal<>();

  private final Stage stage;

  /// Over the stage's pool.
  public JoinedPool(Stage stage) {
    this.stage = stage;
  }

  /// The transaction, during which [#source()] gives its connection to this thread.
  public void transact(Stage.Work work) throws Exception {
    stage.transact(connection -> {
      CURRENT.set(guarded(connection));
      try {
        work.run(connection);
      } finally {
        CURRENT.remove();
      }
    });
  }

  /// What the library is given.
  public DataSource source() {
    return (DataSource)
        Proxy.newProxyInstance(
            JoinedPool.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> {
              Connection joined = CURRENT.get();
              if (joined != null && method.getName().equals("getConnection")) {
                return joined;
              }
              return method.invoke(stage.pool(), arguments);
            });
  }

  private static Connection guarded(Connection connection) throws SQLException {
    return (Connection)
        Proxy.newProxyInstance(
            JoinedPool.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              if (NOT_ITS_OWN.contains(method.getName())) {
                return null;
              }
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
              }
            });
  }
}
