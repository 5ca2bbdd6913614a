package dev.concordat.bench.drill.events;

import dev.concordat.core.Clock;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// A pool whose statements are not what was asked for.
///
/// What to change is said by patterns on SQL. One that fits nothing any more makes its flaw
/// harmless, and then the drill says that it was not found.
final class Tampering {
  private static final Pattern NEW_TRANSACTIONS =
      Pattern.compile("xid >= pg_snapshot_xmax\\(\\?::pg_snapshot\\)");
  private static final Pattern RUNNING_TRANSACTIONS =
      Pattern.compile("xid = any \\(array\\(select pg_snapshot_xip\\(\\?::pg_snapshot\\)\\)\\)");
  private static final Pattern ORDER =
      Pattern.compile("(pg_visible_in_snapshot[^;]*)order by id\\b", Pattern.DOTALL);
  private static final Pattern EPOCH =
      Pattern.compile("((?:\\w+\\.)?epoch) = (\\?|(?:moved|wanted)\\.epoch)");
  private static final Pattern MARKS_ONCE =
      Pattern.compile(",\\s*primary key \\(subscription, message\\)");
  private static final Pattern SEEN = Pattern.compile("seen\\.message = held\\.message");
  private static final Pattern BEAT =
      Pattern.compile(
          "clock_timestamp\\(\\) \\+ (make_interval\\(secs => \\?\\), \\?\\)\\s+on conflict)");
  private static final Pattern MARK = Pattern.compile("insert into concordat\\.inbox");
  private static final Pattern RECORD =
      Pattern.compile("insert into concordat\\.saga_step|update concordat\\.saga s\\b");

  /// So that a kill finds something between the record and the commit.
  private static final Duration BEFORE_COMMIT = Duration.ofSeconds(1);

  private final DataSource pool;
  private final DataSource others;
  private final Flaw flaw;

  private Tampering(DataSource pool, DataSource others, Flaw flaw) {
    this.pool = pool;
    this.others = others;
    this.flaw = flaw;
  }

  /// The pool as this flaw makes it.
  ///
  /// @param others connections beside those of the pool: whoever keeps one of those and waits for a
  ///   second holds everybody up
  static DataSource of(DataSource pool, DataSource others, Flaw flaw) {
    return switch (flaw) {
      case ID_CURSOR, XID_ORDER, NO_FENCING, MARK_BESIDE, RECORD_BEFORE_STEP ->
          new Tampering(pool, others, flaw).pool();
      default -> pool;
    };
  }

  private String rewritten(String sql) {
    return switch (flaw) {
      case ID_CURSOR ->
          RUNNING_TRANSACTIONS
              .matcher(
                  NEW_TRANSACTIONS
                      .matcher(sql)
                      .replaceAll(
                          "id > (select coalesce(max(upto_id), 0) from concordat.tick)"
                              + " and ?::pg_snapshot is not null"))
              .replaceAll("false and ?::pg_snapshot is not null");
      case XID_ORDER -> ORDER.matcher(sql).replaceAll("$1order by xid, id");
      case NO_FENCING -> unfenced(sql);
      default -> sql;
    };
  }

  /// Leases run out as soon as they are renewed, so that whoever holds a partition has always lost
  /// it.
  private static String unfenced(String sql) {
    String anyEpoch = EPOCH.matcher(sql).replaceAll("($1 = $2 or true)");
    String anyMark = SEEN.matcher(MARKS_ONCE.matcher(anyEpoch).replaceAll("")).replaceAll("false");
    return BEAT.matcher(anyMark).replaceAll("clock_timestamp() - $1");
  }

  /// Whether this statement goes into a transaction of its own.
  private boolean beside(String sql) {
    return switch (flaw) {
      case MARK_BESIDE -> MARK.matcher(sql).find();
      case RECORD_BEFORE_STEP -> RECORD.matcher(sql).find();
      default -> false;
    };
  }

  private DataSource pool() {
    return proxy(
        DataSource.class,
        (self, method, arguments) -> {
          Object made = invoke(pool, method, arguments);
          return made instanceof Connection connection ? over(connection) : made;
        });
  }

  private Connection over(Connection connection) {
    return proxy(
        Connection.class,
        (self, method, arguments) -> {
          if (method.getName().equals("prepareStatement")
              && arguments != null
              && arguments[0] instanceof String sql) {
            arguments[0] = rewritten(sql);
            if (beside(sql) && !connection.getAutoCommit()) {
              return inItsOwnTransaction(sql);
            }
          }
          if (method.getName().equals("commit") && flaw == Flaw.RECORD_BEFORE_STEP) {
            Clock.SYSTEM.sleep(BEFORE_COMMIT);
          }
          Object made = invoke(connection, method, arguments);
          return method.getName().equals("createStatement") && made instanceof Statement plain
              ? over(plain)
              : made;
        });
  }

  /// What is not prepared: tables are made like that.
  private Statement over(Statement plain) {
    return proxy(
        Statement.class,
        (self, method, arguments) -> {
          if (arguments != null && arguments[0] instanceof String sql) {
            arguments[0] = rewritten(sql);
          }
          return invoke(plain, method, arguments);
        });
  }

  /// Its connection goes back with the statement.
  private PreparedStatement inItsOwnTransaction(String sql) throws SQLException {
    Connection own = others.getConnection();
    PreparedStatement statement = own.prepareStatement(sql);
    return proxy(
        PreparedStatement.class,
        (self, method, arguments) -> {
          Object result = invoke(statement, method, arguments);
          if (method.getName().equals("close")) {
            own.close();
          }
          return result;
        });
  }

  private static @Nullable Object invoke(
      Object target, Method method, Object @Nullable [] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
