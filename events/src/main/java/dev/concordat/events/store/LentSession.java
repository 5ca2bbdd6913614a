package dev.concordat.events.store;

import java.lang.reflect.Method;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What somebody may not do to a connection that was lent: end the transaction, because effect and
/// mark would come apart, or change the session, because the next user of the pooled connection
/// would inherit it. `set local` and savepoints are fine.
///
/// It is a guard against mistakes: whoever unwraps the driver's connection is on its own.
final class LentSession {
  private static final Set<String> ENDING =
      Set.of(
          "commit", "close", "abort", "setAutoCommit", "setSchema", "setCatalog", "setHoldability");
  private static final Pattern QUOTED =
      Pattern.compile("(?s)\\$(\\w*)\\$.*?\\$\\1\\$|'(?:[^']|'')*'|--[^\\n]*|/\\*.*?\\*/");
  private static final Pattern REFUSED =
      Pattern.compile(
          "(?is)(?:^|;)\\s*(?:commit|end|abort|begin|start\\s+transaction|prepare\\s+transaction"
              + "|rollback(?!\\s+(?:work\\s+|transaction\\s+)?to\\b)"
              + "|set\\s+(?!local\\b|constraints\\b|transaction\\b)|reset|discard)\\b"
              + "|set_config\\s*\\([^;]*,\\s*false\\s*\\)");
  private static final int REMEMBERED = 1_000;
  private static final Map<String, Boolean> KNOWN = new ConcurrentHashMap<>();

  private LentSession() {}

  /// Refuses what a connection is asked to do.
  static void check(Method method, @Nullable Object @Nullable [] arguments) throws SQLException {
    boolean whole = method.getName().equals("rollback") && method.getParameterCount() == 0;
    if (whole || ENDING.contains(method.getName())) {
      throw refused(method.getName());
    }
    checkText(arguments);
  }

  /// Refuses what a statement says.
  static void checkText(@Nullable Object @Nullable [] arguments) throws SQLException {
    if (arguments != null && arguments.length > 0 && arguments[0] instanceof String sql) {
      Boolean known = KNOWN.get(sql);
      boolean refused = known == null ? refused(sql, KNOWN.size() < REMEMBERED) : known;
      if (refused) {
        throw refused("this statement");
      }
    }
  }

  private static boolean refused(String sql, boolean remember) {
    boolean refused = REFUSED.matcher(QUOTED.matcher(sql).replaceAll(" ")).find();
    if (remember) {
      KNOWN.put(sql, refused);
    }
    return refused;
  }

  private static SQLException refused(String what) {
    return new SQLException(
        what
            + " is refused: whoever lent the connection ends the transaction, and settings of the"
            + " session would stay behind; use savepoints and SET LOCAL",
        "2D000");
  }
}
