package dev.concordat.events.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.concordat.core.Background;
import dev.concordat.core.Clock;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.events.Await;
import dev.concordat.events.Postgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// One connection in the pool: if it does not survive, the next one has another backend.
class StatementsTest {
  private static final String RUNNING =
      "select count(*) from pg_stat_activity where state = 'active' and query like '%pg_sleep(' ||"
          + " '61)%'";

  private final HikariDataSource pool = Postgres.database("statements", 1);
  private final HikariDataSource other = Postgres.again(pool, 1);
  private final long backend = Postgres.number(pool, "select pg_backend_pid()");

  @AfterEach
  void close() {
    pool.close();
    other.close();
  }

  @Test
  void deadlineEndsTheStatementInTheDatabaseAndTheConnectionSurvives() {
    assertThatThrownBy(() -> sleep(Duration.ofMillis(500)))
        .rootCause()
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
    survived();
  }

  @Test
  void interruptionEndsTheStatementInTheDatabaseAndTheConnectionSurvives() throws Exception {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicReference<Boolean> flag = new AtomicReference<>();
    try (Background background = new Background("test")) {
      Thread caller =
          background.start(
              "sleep",
              () -> {
                try {
                  sleep(Duration.ofSeconds(60));
                } catch (IllegalStateException e) {
                  thrown.set(e.getCause());
                  flag.set(Thread.interrupted());
                }
              });
      Await.until("it runs", () -> Postgres.number(other, RUNNING) == 1);
      caller.interrupt();
      caller.join();
    }
    assertThat(thrown.get())
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
    assertThat(flag.get()).as("the interruption is kept").isTrue();
    survived();
  }

  @Test
  void statementsAreWhatTheyWere() throws SQLException {
    try (Connection connection = Statements.cancelled(pool.getConnection());
        PreparedStatement statement = connection.prepareStatement("select ? || 'b'")) {
      statement.setString(1, "a");
      try (var rows = statement.executeQuery()) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getString(1)).isEqualTo("ab");
      }
      assertThat(statement.getConnection()).isSameAs(connection);
      assertThat(connection.isWrapperFor(org.postgresql.PGConnection.class)).isTrue();
      assertThatThrownBy(() -> connection.prepareStatement("select nothing").executeQuery())
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42703"));
    }
  }

  private void sleep(Duration deadline) {
    try (Connection connection = Statements.cancelled(pool.getConnection());
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      try {
        Context.root()
            .withDeadline(Deadline.after(deadline, Clock.SYSTEM))
            .call(() -> statement.execute("select pg_sleep(61)"));
      } finally {
        connection.rollback();
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void survived() {
    Await.until("it runs no more", () -> Postgres.number(other, RUNNING) == 0);
    assertThat(Postgres.number(pool, "select pg_backend_pid()")).isEqualTo(backend);
  }
}
