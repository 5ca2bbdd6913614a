package dev.concordat.events.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.concordat.events.Postgres;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

class CopyRowsTest {
  private static final Instant Y2000 = Instant.parse("2000-01-01T00:00:00Z");

  private HikariDataSource pool;
  private Connection connection;

  @BeforeEach
  void open() throws SQLException {
    pool = Postgres.database("copy");
    connection = pool.getConnection();
    connection.setAutoCommit(false);
    Postgres.run(
        connection,
        """
        create table told (small int, big bigint, id uuid, words text, bytes bytea, at timestamptz);
        create table instant (nth int, at timestamptz);
        """);
    connection.commit();
  }

  @AfterEach
  void close() throws SQLException {
    connection.rollback();
    connection.close();
    pool.close();
  }

  private CopyRows into(String table) throws SQLException {
    return CopyRows.into(connection, "copy " + table + " from stdin (format binary)");
  }

  private List<String> lines(String sql) throws SQLException {
    List<String> lines = new ArrayList<>();
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        lines.add(rows.getString(1));
      }
    }
    return lines;
  }

  @Test
  void valuesOfAllTypesArriveAsTheyAre() throws SQLException {
    try (CopyRows rows = into("told")) {
      rows.row(6)
          .add(-1)
          .add(Long.MIN_VALUE)
          .add(UUID.fromString("0192f0c1-2a3b-7c4d-8e5f-a0b1c2d3e4f5"))
          .add("käse 中 😀 \\N\t\n")
          .add(ByteBuffer.wrap(new byte[] {0, -1, 92}))
          .add(Instant.parse("1999-12-31T23:59:59.999999Z"));
      rows.row(6)
          .add(Integer.MAX_VALUE)
          .add(Long.MAX_VALUE)
          .add(new UUID(-1, 0))
          .add("")
          .add(ByteBuffer.allocate(0))
          .add(Y2000);
      rows.end();
    }
    connection.commit();

    Postgres.run(connection, "set local time zone 'UTC'");
    assertThat(lines("select concat_ws('|', small, big, id, bytes, at) from told"))
        .containsExactly(
            "-1|-9223372036854775808|0192f0c1-2a3b-7c4d-8e5f-a0b1c2d3e4f5|\\x00ff5c"
                + "|1999-12-31 23:59:59.999999+00",
            "2147483647|9223372036854775807|ffffffff-ffff-ffff-0000-000000000000|\\x"
                + "|2000-01-01 00:00:00+00");
    assertThat(lines("select words from told")).containsExactly("käse 中 😀 \\N\t\n", "");
  }

  @Test
  void valuesMayBeLargerThanWhatIsSentAtOnce() throws SQLException {
    byte[] large = new byte[1_000_003];
    new Random(3).nextBytes(large);
    String words = "käse".repeat(50_000);
    try (CopyRows rows = into("told (words, bytes)")) {
      for (int n = 0; n < 3; n++) {
        rows.row(2).add(words).add(ByteBuffer.wrap(large));
      }
      rows.end();
    }

    try (var query = connection.prepareStatement("select words, bytes from told");
        var rows = query.executeQuery()) {
      for (int n = 0; n < 3; n++) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getString(1)).isEqualTo(words);
        assertThat(rows.getBytes(2)).isEqualTo(large);
      }
    }
  }

  /// PostgreSQL keeps microseconds. Whether an instant comes by a copy or written out, it must be
  /// the same.
  @Test
  void instantsAreRoundedAsWhenTheyAreWrittenOut() throws SQLException {
    List<Instant> instants = instants(11);
    try (CopyRows rows = into("instant")) {
      for (int n = 0; n < instants.size(); n++) {
        rows.row(2).add(n).add(instants.get(n));
      }
      rows.end();
    }

    List<Instant> expected = new ArrayList<>();
    try (var query =
        connection.prepareStatement(
            "select t::timestamptz from unnest(?::text[]) with ordinality as t(t, n) order by n")) {
      query.setArray(
          1, connection.createArrayOf("text", instants.stream().map(Instant::toString).toArray()));
      addAll(expected, query);
    }
    List<Instant> actual = new ArrayList<>();
    try (var query = connection.prepareStatement("select at from instant order by nth")) {
      addAll(actual, query);
    }
    assertThat(actual).isEqualTo(expected).hasSize(instants.size());
  }

  private static void addAll(List<Instant> instants, PreparedStatement query) throws SQLException {
    try (var rows = query.executeQuery()) {
      while (rows.next()) {
        instants.add(rows.getObject(1, OffsetDateTime.class).toInstant());
      }
    }
  }

  /// Around all the dates where something begins, halves of microseconds among them.
  private static List<Instant> instants(long seed) {
    Random random = new Random(seed);
    List<Instant> instants = new ArrayList<>();
    for (String text :
        List.of(
            "0001-01-01T00:00:00Z",
            "1582-10-15T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "1970-01-01T00:00:00Z",
            "1999-12-31T23:59:59Z",
            "2000-01-01T00:00:00Z",
            "2026-01-02T03:04:05Z",
            "9999-12-31T23:59:58Z")) {
      Instant second = Instant.parse(text);
      for (int nano : List.of(0, 1, 499, 500, 501, 999, 1_500, 2_500, 999_999_499, 999_999_500)) {
        instants.add(second.plusNanos(nano));
      }
      instants.add(second.plusNanos(999_999_999));
      for (int n = 0; n < 500; n++) {
        instants.add(second.plusNanos(random.nextInt(1_000_000_000)));
        instants.add(second.plusNanos(random.nextInt(1_000_000) * 1_000L + 500));
      }
    }
    return instants;
  }

  @Test
  void anInstantThatPostgresqlDoesNotKnowIsRefused() throws SQLException {
    for (Instant instant :
        List.of(Instant.MIN, Instant.MAX, Instant.parse("+294277-01-01T00:00:00Z"))) {
      assertThatThrownBy(
              () -> {
                try (CopyRows rows = into("instant")) {
                  rows.row(2).add(1).add(instant);
                  rows.end();
                }
              })
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22008"));
      connection.rollback();
    }
  }

  @Test
  void whatIsNotEndedLeavesNothingAndTheConnectionUsable() throws SQLException {
    int process = connection.unwrap(PGConnection.class).getBackendPID();
    var midway = new IllegalStateException("midway");

    assertThatThrownBy(
            () -> {
              try (CopyRows rows = into("instant")) {
                for (int n = 0; n < 10_000; n++) {
                  rows.row(2).add(n).add(Y2000);
                }
                throw midway;
              }
            })
        .isSameAs(midway)
        .hasNoSuppressedExceptions();

    connection.rollback();
    assertThat(lines("select count(*) from instant")).containsExactly("0");
    assertThat(lines("select pg_backend_pid()")).containsExactly(String.valueOf(process));
  }

  @Test
  void whatTheServerRefusesComesOutAndLeavesTheConnectionUsable() throws SQLException {
    assertThatThrownBy(
            () -> {
              try (CopyRows rows = into("instant")) {
                rows.row(2).add(1).add(Y2000);
                rows.row(2).add("no number").add(Y2000);
                for (int n = 0; n < 100_000; n++) {
                  rows.row(2).add(n).add(Y2000);
                }
                rows.end();
              }
            })
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22P03"))
        .hasNoSuppressedExceptions();

    connection.rollback();
    assertThat(lines("select count(*) from instant")).containsExactly("0");
  }
}
