package dev.concordat.bench.drill;

import dev.concordat.bench.OrphanGuard;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/// The PostgreSQL of a drill, which can go away and come back on the same port with its data.
///
/// Threads: one.
public final class Postgres implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int SECONDS = 5;

  private final Path data;
  private final Path log;
  private EmbeddedPostgres server;
  private OrphanGuard guard;

  /// Starts it.
  ///
  /// @param folder for its data and its log
  public Postgres(Path folder) {
    this.data = folder.resolve("postgres");
    this.log = folder.resolve("postgres.log");
    this.server = launch(0);
    this.guard = OrphanGuard.of(data);
    requireOurs();
  }

  /// Two that chose the same free port in the same instant would both find a server there.
  private void requireOurs() {
    try (Connection connection = source(url()).getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("show data_directory")) {
      row.next();
      if (!Path.of(row.getString(1)).toRealPath().equals(data.toRealPath())) {
        throw Failure.of(
            Code.UNAVAILABLE,
            "port " + port() + " was taken by another PostgreSQL meanwhile; start the drill again");
      }
    } catch (SQLException | IOException e) {
      throw Failure.of(Code.UNAVAILABLE, "PostgreSQL does not answer; its log is " + log, e);
    }
  }

  /// Connections to the database at this URL, each made when it is asked for.
  public static DataSource source(String url) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setURL(url);
    source.setConnectTimeout(SECONDS);
    source.setSocketTimeout(SECONDS);
    return source;
  }

  /// Where it listens.
  public int port() {
    return server.getPort();
  }

  /// JDBC URL of its first database.
  public String url() {
    return server.getJdbcUrl("postgres", "postgres");
  }

  /// Breaks every connection; nobody listens from then on.
  public void vanish() throws IOException {
    guard.close();
    server.close();
  }

  /// Where it was, with what it knew.
  public void comeBack() {
    server = launch(server.getPort());
    guard = OrphanGuard.of(data);
  }

  @Override
  public void close() {
    guard.close();
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException("PostgreSQL did not stop; its log is " + log, e);
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
