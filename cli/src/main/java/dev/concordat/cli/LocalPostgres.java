package dev.concordat.cli;

import dev.concordat.core.Background;
import dev.concordat.service.DatabaseServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The PostgreSQL of `concordat up`: a real server on a folder that stays.
///
/// Its binaries come as a Maven dependency. It listens on the loopback address only, on a free
/// port.
final class LocalPostgres implements AutoCloseable {
  private static final String VERSION = "18";
  private static final String USER = "postgres";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// Durability as in production; small buffers, since the page cache of the same machine holds the
  /// rest; no JIT, which costs more than it gives on short statements.
  private static final Map<String, String> SETTINGS =
      Map.ofEntries(
          Map.entry("fsync", "on"),
          Map.entry("synchronous_commit", "on"),
          Map.entry("full_page_writes", "on"),
          Map.entry("max_connections", "200"),
          Map.entry("shared_buffers", "64MB"),
          Map.entry("max_wal_size", "512MB"),
          Map.entry("checkpoint_timeout", "15min"),
          Map.entry("wal_level", "minimal"),
          Map.entry("max_wal_senders", "0"),
          Map.entry("jit", "off"),
          Map.entry("unix_socket_directories", ""));

  private final EmbeddedPostgres postgres;
  private final Path data;

  private LocalPostgres(EmbeddedPostgres postgres, Path data) {
    this.postgres = postgres;
    this.data = data;
  }

  /// Starts the server, creating its data when there is none yet. One that an earlier run left
  /// behind is stopped first.
  ///
  /// @throws dev.concordat.core.Failure that says in one sentence what is wrong with the data
  static LocalPostgres start(DataFolder folder) {
    Path data = folder.postgres();
    Path log = folder.logs().resolve("postgres.log");
    try {
      discardUnfinished(folder);
      check(data);
      LeftOver.stop(data);
      if (Files.notExists(data)) {
        Files.createFile(folder.making());
      }
      EmbeddedPostgres postgres = launch(data, log);
      Files.deleteIfExists(folder.making());
      return new LocalPostgres(postgres, data);
    } catch (IOException e) {
      throw Refusal.because(
          "PostgreSQL did not start on " + data + ": " + e.getMessage() + "; its log is " + log, e);
    }
  }

  DatabaseServer server() {
    return new DatabaseServer("127.0.0.1", postgres.getPort(), USER);
  }

  /// The library's own `close` gives the last checkpoint five seconds and then leaves the server
  /// running.
  @Override
  public void close() {
    try {
      LeftOver.stop(data);
    } catch (IOException e) {
      throw Refusal.because("PostgreSQL did not stop: " + e.getMessage(), e);
    }
  }

  /// A cluster whose making was interrupted has never held data.
  private static void discardUnfinished(DataFolder folder) throws IOException {
    if (Files.exists(folder.making())) {
      LeftOver.stop(folder.postgres());
      DataFolder.delete(folder.postgres());
      Files.delete(folder.making());
    }
  }

  private static void check(Path data) throws IOException {
    if (Files.notExists(data)) {
      return;
    }
    for (String needed : List.of("PG_VERSION", "postgresql.conf", "global/pg_control", "base")) {
      if (Files.notExists(data.resolve(needed))) {
        throw Refusal.because(
            data
                + " is damaged: "
                + needed
                + " is missing; restore it from a copy, or start anew with --fresh, which deletes"
                + " the data");
      }
    }
    String version = Files.readString(data.resolve("PG_VERSION")).strip();
    if (!version.equals(VERSION)) {
      throw Refusal.because(
          data
              + " was made by PostgreSQL "
              + version
              + " and this is "
              + VERSION
              + "; use the Concordat that made it, or start anew with --fresh, which deletes the"
              + " data");
    }
  }

  /// The library waits its whole patience for a server that has long given up, so the log is read
  /// beside it.
  private static EmbeddedPostgres launch(Path data, Path log) throws IOException {
    long logged = Files.exists(log) ? Files.size(log) : 0;
    AtomicReference<@Nullable EmbeddedPostgres> started = new AtomicReference<>();
    AtomicReference<@Nullable Exception> failed = new AtomicReference<>();
    try (Background background = new Background("postgres")) {
      Thread thread =
          background.start(
              "start",
              () -> {
                try {
                  started.set(builder(data, log).start());
                } catch (IOException | RuntimeException e) {
                  failed.set(e);
                }
              });
      Waiting.until(() -> !thread.isAlive() || complaint(log, logged).isPresent(), PATIENCE);
    }
    EmbeddedPostgres postgres = started.get();
    if (postgres != null && failed.get() == null && answers(postgres)) {
      return postgres;
    }
    Exception cause = failed.get();
    throw new IOException(
        complaint(log, logged).orElse(cause == null ? "it does not answer" : cause.toString()),
        cause);
  }

  private static EmbeddedPostgres.Builder builder(Path data, Path log) {
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(data)
            .setCleanDataDirectory(false)
            .setRegisterShutdownHook(false)
            .setPGStartupWait(PATIENCE)
            .setOutputRedirector(Redirect.appendTo(log.toFile()))
            .setLocaleConfig("locale", "C")
            .setLocaleConfig("locale-provider", "builtin")
            .setLocaleConfig("builtin-locale", "C.UTF-8");
    SETTINGS.forEach(builder::setServerConfig);
    return builder;
  }

  private static boolean answers(EmbeddedPostgres postgres) {
    try (var connection = DriverManager.getConnection(postgres.getJdbcUrl(USER, "postgres"))) {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }

  /// Why the server gave up, in its own words.
  private static Optional<String> complaint(Path log, long from) {
    try {
      byte[] all = Files.exists(log) ? Files.readAllBytes(log) : new byte[0];
      int start = (int) Math.min(from, all.length);
      return new String(all, start, all.length - start, StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.contains("FATAL:") || line.contains("PANIC:"))
          .filter(line -> !line.contains("the database system is"))
          .findFirst()
          .map(line -> line.replaceFirst("^.*(FATAL|PANIC): *", ""));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
