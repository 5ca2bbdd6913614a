package dev.concordat.bench.drill;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/// The PostgreSQL of a drill, which can go away and come back on the same port with its data.
///
/// Threads: one.
final class RegistryDatabase implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int SECONDS = 5;

  private final Path data;
  private final Path log;
  private EmbeddedPostgres postgres;

  RegistryDatabase(Path folder) {
    this.data = folder.resolve("postgres");
    this.log = folder.resolve("postgres.log");
    this.postgres = launch(0);
  }

  /// Connections to the database at this URL, each made when it is asked for.
  static DataSource source(String url) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setURL(url);
    source.setConnectTimeout(SECONDS);
    source.setSocketTimeout(SECONDS);
    return source;
  }

  String url() {
    return postgres.getJdbcUrl("postgres", "postgres");
  }

  /// At once, as after a crash: connections break, then nobody listens.
  void vanish() throws IOException {
    Path file = data.resolve("postmaster.pid");
    long pid = Long.parseLong(Files.readAllLines(file).getFirst().strip());
    ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
    try {
      new ProcessBuilder("kill", "-QUIT", Long.toString(pid)).inheritIO().start().waitFor();
      postmaster.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.of(Code.CANCELLED, "interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("PostgreSQL did not end", e);
    }
  }

  /// Where it was, with what it knew.
  void comeBack() {
    postgres = launch(postgres.getPort());
  }

  @Override
  public void close() {
    try {
      if (Files.exists(data.resolve("postmaster.pid"))) {
        vanish();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private EmbeddedPostgres launch(int port) {
    try {
      return EmbeddedPostgres.builder()
          .setPort(port)
          .setDataDirectory(data)
          .setCleanDataDirectory(false)
          .setPGStartupWait(PATIENCE)
          .setServerConfig("fsync", "off")
          .setServerConfig("unix_socket_directories", "")
          .setOutputRedirector(Redirect.appendTo(log.toFile()))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException("PostgreSQL did not start; its log is " + log, e);
    }
  }
}
