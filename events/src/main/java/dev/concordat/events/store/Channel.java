package dev.concordat.events.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.postgresql.PGConnection;

/// A channel of PostgreSQL's `NOTIFY`, between the processes that use a database. Who does not
/// listen at that moment never hears it: so it says only that there may be something to look for.
///
/// Source: https://www.postgresql.org/docs/current/sql-notify.html
///
/// @param name an identifier
public record Channel(Database database, String name) {
  private static final String TELL = "select pg_notify(?, ?)";
  private static final int LOOK_UP_MILLIS = 250;
  private static final Duration KEPT = Duration.ofMinutes(1);

  /// Tells those who listen, in a transaction of its own: one that notifies holds a lock while it
  /// commits, for which all others of the server that notify wait.
  ///
  /// @param word shorter than 8,000 bytes
  public void tell(String word) {
    database.read(connection -> tell(connection, word));
  }

  private boolean tell(Connection connection, String word) throws SQLException {
    try (var notify = connection.prepareStatement(TELL)) {
      notify.setString(1, name);
      notify.setString(2, word);
      return notify.execute();
    }
  }

  /// Listens, on a connection that it keeps meanwhile, for a minute at most: one that nothing is
  /// said on is cut by many a firewall, and nobody is told.
  ///
  /// @param goOn asked every 250 ms, and whenever something was heard
  /// @return false, at once, when a proxy is in between: one that pools by the transaction would
  ///   have somebody else hear it
  public boolean listen(BooleanSupplier goOn, Consumer<String> heard) {
    return database.read(connection -> {
      var session = connection.unwrap(PGConnection.class);
      try (var statement = connection.createStatement()) {
        if (server(statement) != session.getBackendPID()) {
          return false;
        }
        statement.execute("listen " + name);
        long began = System.nanoTime();
        while (goOn.getAsBoolean() && System.nanoTime() - began < KEPT.toNanos()) {
          for (var notification : session.getNotifications(LOOK_UP_MILLIS)) {
            heard.accept(notification.getParameter());
          }
        }
        statement.execute("unlisten *");
        return true;
      }
    });
  }

  /// The process that serves us; a proxy names another one when a client connects, so that it can
  /// tell whose statement is to be cancelled.
  private static int server(Statement statement) throws SQLException {
    try (var row = statement.executeQuery("select pg_backend_pid()")) {
      row.next();
      return row.getInt(1);
    }
  }
}
