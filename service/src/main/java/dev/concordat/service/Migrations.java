package dev.concordat.service;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.Optional;
import javax.sql.DataSource;

/// The service's own tables: each script runs once, in its own transaction, and is recorded with
/// its checksum. Many starters at once are safe: one works, the others wait and find it done.
final class Migrations {
  /// The key is the one under which all of Concordat's schemas are made: `create schema if not
  /// exists` alone fails when two run it at once.
  private static final String LOCK =
      "select pg_advisory_xact_lock(hashtextextended('concordat.schema', 0))";

  private static final String BOOTSTRAP =
      """
      create schema if not exists concordat;
      create table if not exists concordat.migration (
        script text primary key,
        checksum text not null,
        at timestamptz not null default now()
      )
      """;
  private static final String CHECKSUM_OF =
      "select checksum from concordat.migration where script = ?";
  private static final String RECORD =
      "insert into concordat.migration (script, checksum) values (?, ?)";

  private final DataSource database;

  Migrations(DataSource database) {
    this.database = database;
  }

  void run(Class<?> beside, String script) {
    String text = text(beside, script);
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      try {
        runOnce(connection, script, text);
        connection.commit();
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      throw Failure.of(Code.INTERNAL, script + " failed: " + e.getMessage(), e);
    }
  }

  private static void runOnce(Connection connection, String script, String text)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(LOCK);
      statement.execute(BOOTSTRAP);
      String checksum = checksum(text);
      Optional<String> recorded = recorded(connection, script);
      if (recorded.isEmpty()) {
        statement.execute(text);
        record(connection, script, checksum);
      } else if (!recorded.get().equals(checksum)) {
        throw Failure.of(
            Code.FAILED_PRECONDITION,
            script
                + " has changed since it ran on this database; undo the change and put the"
                + " difference into a new script");
      }
    }
  }

  private static Optional<String> recorded(Connection connection, String script)
      throws SQLException {
    try (var query = connection.prepareStatement(CHECKSUM_OF)) {
      query.setString(1, script);
      try (var rows = query.executeQuery()) {
        return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
      }
    }
  }

  private static void record(Connection connection, String script, String checksum)
      throws SQLException {
    try (var insert = connection.prepareStatement(RECORD)) {
      insert.setString(1, script);
      insert.setString(2, checksum);
      insert.executeUpdate();
    }
  }

  private static String text(Class<?> beside, String script) {
    try (InputStream in = beside.getResourceAsStream(script)) {
      if (in == null) {
        throw new IllegalArgumentException(
            script + " is not on the class path beside " + beside.getName());
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Of the text with the line ends of Unix, since a checkout may change them.
  private static String checksum(String text) {
    try {
      byte[] unix = text.replace("\r\n", "\n").getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(unix));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
