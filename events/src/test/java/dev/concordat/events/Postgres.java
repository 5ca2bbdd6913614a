package dev.concordat.events;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/// One real server for all tests of this JVM; each test takes databases of its own.
public final class Postgres {
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static final EmbeddedPostgres SERVER = start();

  private Postgres() {}

  /// A pool on a new, empty database.
  public static HikariDataSource database(String name) {
    return database(name, 16);
  }

  public static HikariDataSource database(String name, int connections) {
    String unique = name + "_" + DATABASES.incrementAndGet();
    execute(SERVER.getPostgresDatabase(), "create database " + unique);
    return pool(unique, connections);
  }

  /// Another pool on the same database, as another process would have.
  public static HikariDataSource again(HikariDataSource pool, int connections) {
    return pool(pool.getPoolName(), connections);
  }

  public static void execute(DataSource database, String sql) {
    try (var connection = database.getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /// A copy of a database as it is now. Nobody may be writing meanwhile.
  public static Backup backup(HikariDataSource pool) {
    String copy = pool.getPoolName() + "_backup";
    copy(pool.getPoolName(), copy);
    forget(pool);
    return () -> {
      execute(
          SERVER.getPostgresDatabase(), "drop database " + pool.getPoolName() + " with (force)");
      copy(copy, pool.getPoolName());
      forget(pool);
    };
  }

  /// The pool does not know yet that its connections were ended.
  private static void forget(HikariDataSource pool) {
    pool.getHikariPoolMXBean().softEvictConnections();
  }

  /// What can be restored.
  @FunctionalInterface
  public interface Backup {
    void restore();
  }

  private static void copy(String from, String to) {
    end(from);
    execute(
        SERVER.getPostgresDatabase(),
        "create database " + to + " template " + from + " strategy file_copy");
    execute(SERVER.getPostgresDatabase(), "alter database " + from + " allow_connections true");
    execute(SERVER.getPostgresDatabase(), "alter database " + to + " allow_connections true");
  }

  /// Refuses connections from now on, and ends all there are.
  private static void end(String database) {
    execute(
        SERVER.getPostgresDatabase(), "alter database " + database + " allow_connections false");
    execute(
        SERVER.getPostgresDatabase(),
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '"
            + database
            + "'");
  }

  /// Refuses connections for a moment, and ends all there are: like a restart of the server.
  static void cutOff(HikariDataSource pool) {
    end(pool.getPoolName());
    execute(
        SERVER.getPostgresDatabase(),
        "alter database " + pool.getPoolName() + " allow_connections true");
  }

  /// Ends the server without a word to anybody, as a power failure would, and starts it again on
  /// what is on the disk. All databases of the tests have their part in it.
  static void restart() {
    Path folder = folder();
    try {
      String started = Files.readString(folder.resolve("postmaster.opts"));
      Path control = Path.of(started.substring(0, started.indexOf(' '))).resolveSibling("pg_ctl");
      List<String> command = new ArrayList<>();
      if (System.getProperty("user.name").equals("root")) {
        command.addAll(List.of("unshare", "-U")); // it does not run as root
      }
      command.addAll(List.of(control.toString(), "restart", "-w", "-m", "immediate"));
      command.addAll(
          List.of("-D", folder.toString(), "-l", folder.resolve("again.log").toString()));
      int code =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor();
      if (code != 0) {
        throw new IllegalStateException("the server did not start again; see " + folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  static int port() {
    return SERVER.getPort();
  }

  private static Path folder() {
    try (var connection = SERVER.getPostgresDatabase().getConnection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("show data_directory")) {
      rows.next();
      return Path.of(rows.getString(1));
    } catch (SQLException e) {
      throw new IllegalStateException("the server does not say where it is", e);
    }
  }

  public static void run(Connection connection, String sql) {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  public static long number(DataSource database, String sql) {
    return numbers(database, sql).getFirst();
  }

  public static List<Long> numbers(DataSource database, String sql) {
    try (var connection = database.getConnection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      List<Long> numbers = new ArrayList<>();
      while (rows.next()) {
        numbers.add(rows.getLong(1));
      }
      return numbers;
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /// The tables in which this text stands, as text or as bytes.
  public static List<String> tablesWith(DataSource database, String text) {
    List<String> found = new ArrayList<>();
    for (String table : names(database)) {
      String sql =
          "select count(*) from %s t where strpos(t::text, '%s') > 0 or strpos(t::text, '%s') > 0"
              .formatted(
                  table, text, HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)));
      if (number(database, sql) > 0) {
        found.add(table);
      }
    }
    return found;
  }

  private static List<String> names(DataSource database) {
    try (var connection = database.getConnection();
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "select format('%I.%I', schemaname, tablename) from pg_tables"
                    + " where schemaname not in ('pg_catalog', 'information_schema')")) {
      List<String> names = new ArrayList<>();
      while (rows.next()) {
        names.add(rows.getString(1));
      }
      return names;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static HikariDataSource pool(String database, int connections) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(SERVER.getDatabase("postgres", database));
    config.setPoolName(database);
    config.setMaximumPoolSize(connections);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(5_000);
    return new HikariDataSource(config);
  }

  private static EmbeddedPostgres start() {
    try {
      // Closes itself when the JVM ends.
      return EmbeddedPostgres.builder()
          .setServerConfig("max_connections", "300")
          // The library's "off" forgets what was acknowledged when the server dies.
          .setServerConfig("synchronous_commit", "on")
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
