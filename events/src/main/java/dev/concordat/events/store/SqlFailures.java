package dev.concordat.events.store;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.sql.SQLException;
import java.sql.SQLTransientException;

/// What a database's error means to the conversation.
///
/// Source: [PostgreSQL error codes](https://www.postgresql.org/docs/18/errcodes-appendix.html).
public final class SqlFailures {
  private SqlFailures() {}

  public static Failure of(SQLException e) {
    Code code = code(e);
    return Failure.of(code, message(code), e);
  }

  public static Code code(SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    return switch (state) {
      case "40001", "40P01", "55P03" -> Code.ABORTED;
      case "57014" -> Code.DEADLINE_EXCEEDED;
      case "57P01", "57P02", "57P03", "57P05", "25P03", "25P04" -> Code.UNAVAILABLE;
      default -> byClass(state, e);
    };
  }

  private static Code byClass(String state, SQLException e) {
    boolean connection = state.startsWith("08");
    boolean resources = state.startsWith("53");
    boolean pool = state.isEmpty() && e instanceof SQLTransientException;
    return connection || resources || pool ? Code.UNAVAILABLE : Code.INTERNAL;
  }

  private static String message(Code code) {
    return switch (code) {
      case ABORTED -> "the transaction lost a race in the database; run it again";
      case DEADLINE_EXCEEDED -> "the database did not answer within the deadline";
      case UNAVAILABLE -> "the database cannot be reached";
      default -> "the database refused a statement";
    };
  }
}
