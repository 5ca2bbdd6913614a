package dev.concordat.bench.events;

import dev.concordat.bench.OrphanGuard;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// The PostgreSQL that all contestants share, as durable as in production; each has a database of
/// its own.
///
/// Threads: one.
final class Server implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final long LOOK = 50_000_000;
  private static final String DATA = "postgres";

  /// Room for the pools of all; no checkpoint in the middle of somebody's turn, as far as that can
  /// be had; no JIT, which costs more than it gives on short statements.
  private static final Map<String, String> SETTINGS =
      Map.of(
          "fsync", "on",
          "synchronous_commit", "on",
          "full_page_writes", "on",
          "max_connections", "600",
          "shared_buffers", "256MB",
          "max_wal_size", "4GB",
          "checkpoint_timeout", "15min",
          "jit", "off",
          "unix_socket_directories", "");

  private final Path folder;
  private final EmbeddedPostgres postgres;
  private final OrphanGuard guard;
  private int databases;

  private Server(Path folder, EmbeddedPostgres postgres) {
    this.folder = folder;
    this.postgres = postgres;
    this.guard = OrphanGuard.of(folder.resolve(DATA));
  }

  static Server start() throws IOException {
    Path folder = Files.createTempDirectory("concordat-bench-events");
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(folder.resolve(DATA))
            .setCleanDataDirectory(false)
            .setPGStartupWait(PATIENCE)
            .setOutputRedirector(Redirect.appendTo(folder.resolve("postgres.log").toFile()));
    SETTINGS.forEach(builder::setServerConfig);
    return new Server(folder, builder.start());
  }

  Path data() {
    return folder;
  }

  /// A new database.
  ///
  /// @return its URL
  String database(String name) throws SQLException {
    databases++;
    String unique = name.replace('-', '_') + "_" + databases;
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        var statement = connection.createStatement()) {
      statement.execute("create database " + unique);
    }
    return postgres.getJdbcUrl("postgres", unique);
  }

  @Override
  public void close() {
    guard.close();
    try {
      postgres.close();
      awaitEnd();
      try (var files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("PostgreSQL did not stop; its log is in " + folder, e);
    }
  }

  /// The library gives the last checkpoint five seconds, and then leaves the server to itself.
  private void awaitEnd() {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (Files.exists(folder.resolve(DATA).resolve("postmaster.pid"))
        && System.nanoTime() < end) {
      LockSupport.parkNanos(LOOK);
    }
  }
}
