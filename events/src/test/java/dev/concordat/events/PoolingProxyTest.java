package dev.concordat.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.concordat.events.bank.v1.BankOwner;
import dev.concordat.events.bank.v1.Booked;
import dev.concordat.events.log.PostgresLog;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A proxy that gives a server connection to a client for a transaction only, before the service's
/// database and before the log: nothing may be kept in a session. Needs pgbouncer, and is skipped
/// where it is not installed (`apt install pgbouncer`).
class PoolingProxyTest {
  private static final int EACH = 100;
  private static final List<String> ACCOUNTS = List.of("a", "b", "c", "d");

  @TempDir Path folder;

  @Test
  void everyTransactionMayHaveAnotherConnection() throws Exception {
    Optional<Path> program =
        Stream.of("/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/opt/homebrew/bin/pgbouncer")
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(program.isPresent(), "pgbouncer is not installed");
    assumeTrue(mayBeSomebody(), "pgbouncer does not run as root, and nobody else may be had here");
    int port = freePort();
    Process proxy = start(program.orElseThrow(), port);
    try (Bank bank = new Bank()) {
      bank.open(ACCOUNTS.toArray(new String[0]));
      Await.until("the proxy answers", () -> answers(port));
      try (HikariDataSource own = through(port, bank.pool.getPoolName());
          HikariDataSource shared = through(port, bank.logPool().getPoolName());
          PostgresLog log = PostgresLog.open(shared)) {
        Events<BankOwner> events = process(own, log);
        Events<BankOwner> other = process(own, log);
        for (int i = 0; i < EACH; i++) {
          ACCOUNTS.forEach(account -> Bank.book(events, account));
          assertThat(listening(own)).isZero();
          assertThat(listening(shared)).isZero();
        }
        Await.until("all are applied", () -> bank.effects() >= bank.booked());
        assertThat(bank.verify("all")).isEqualTo(Bank.Verification.CLEAN);
        other.stop(Bank.GRACE);
        events.stop(Bank.GRACE);
      }
    } finally {
      proxy.destroy();
      proxy.waitFor();
    }
  }

  private static Events<BankOwner> process(HikariDataSource own, PostgresLog log) {
    Events<BankOwner> events = Events.open(BankOwner.OWNER, own, log, Bank.options());
    events.subscribe(
        Booked.class, "all", (event, tx) -> Bank.effect(tx.connection(), "all", event));
    events.start();
    return events;
  }

  /// What the server connection would hear that happens to serve this, and whoever has it next.
  private static long listening(HikariDataSource pool) {
    return Postgres.number(pool, "select count(*) from pg_listening_channels()");
  }

  /// Fewer server connections than the pools have, so that they change hands all the time.
  private Process start(Path program, int port) throws IOException {
    Path settings = folder.resolve("pgbouncer.ini");
    Files.writeString(
        settings,
        """
        [databases]
        * = host=127.0.0.1 port=%d user=postgres
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = %d
        unix_socket_dir =
        auth_type = any
        pool_mode = transaction
        default_pool_size = 4
        ignore_startup_parameters = extra_float_digits
        """
            .formatted(Postgres.port(), port));
    List<String> command = new ArrayList<>(asSomebody());
    command.addAll(List.of(program.toString(), settings.toString()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("pgbouncer.log").toFile())
        .start();
  }

  /// It does not run as root.
  private static List<String> asSomebody() {
    return System.getProperty("user.name").equals("root") ? List.of("unshare", "-U") : List.of();
  }

  private static boolean mayBeSomebody() throws Exception {
    List<String> command = new ArrayList<>(asSomebody());
    command.add("true");
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static HikariDataSource through(int port, String database) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(
        "jdbc:postgresql://127.0.0.1:%d/%s?user=postgres&prepareThreshold=0"
            .formatted(port, database));
    config.setMaximumPoolSize(12);
    config.setInitializationFailTimeout(Duration.ofSeconds(20).toMillis());
    return new HikariDataSource(config);
  }

  private static boolean answers(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
