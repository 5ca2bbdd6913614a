package dev.concordat.bench.drill;

import dev.concordat.bench.drill.v1.DigRequest;
import dev.concordat.bench.drill.v1.DigResponse;
import dev.concordat.bench.drill.v1.DrillApi;
import dev.concordat.bench.drill.v1.DrillClient;
import dev.concordat.bench.drill.v1.DrillOwner;
import dev.concordat.calls.CallServer;
import dev.concordat.calls.Calls;
import dev.concordat.calls.ServerOptions;
import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.StaticResolver;
import dev.concordat.core.Background;
import dev.concordat.core.Termination;
import dev.concordat.service.Concordat;
import dev.concordat.service.Databases;
import dev.concordat.service.Environment;
import dev.concordat.service.Service;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/// One link of the chain of the deadline drill, as a process of its own: asks the next one, or runs
/// a statement when it is the last. It says `ended NANOS` when a call of it has ended, however;
/// `System.nanoTime()` is the same for all processes of a machine on Linux.
final class ChainProcess {
  private static final int DEAF_MS = 2_000;

  private ChainProcess() {}

  /// Serves until SIGTERM or the end of standard input.
  ///
  /// @param arguments `hop PORT`: asks the instance at this port; or `leaf OWN SHARED FOLDER
  ///   BROKEN`: a service with these databases, which ignores deadlines when that is `true`
  static void main(String[] arguments) throws Exception {
    PrintStream parent = OwnProcess.parent();
    Termination termination = Termination.expect();
    int code = 1;
    try {
      if (arguments[0].equals("hop")) {
        hop(Integer.parseInt(arguments[1]), parent, termination);
      } else {
        Databases databases = new Databases(arguments[1], arguments[2]);
        Environment environment = new Environment("drill", databases, Path.of(arguments[3]));
        leaf(environment, Boolean.parseBoolean(arguments[4]), parent, termination);
      }
      code = 0;
    } finally {
      termination.over(code);
    }
  }

  private static void hop(int next, PrintStream parent, Termination termination) {
    StaticResolver resolver = StaticResolver.of("drill", Endpoint.of("127.0.0.1", next));
    try (Calls calls = Calls.open("drill-hop", resolver)) {
      DrillClient client = calls.client(DrillClient.FACTORY);
      DrillApi digging =
          new Desk() {
            @Override
            public DigResponse dig(DigRequest request) {
              return client.dig(request);
            }
          };
      try (CallServer server =
          CallServer.with(ServerOptions.of("drill")).serve(DrillApi.CONTRACT, digging).start()) {
        await(server.port(), parent, termination);
      }
    }
  }

  private static void leaf(
      Environment environment, boolean broken, PrintStream parent, Termination termination) {
    try (Service<DrillOwner> service = Concordat.service(DrillOwner.OWNER, environment)) {
      DataSource plain = Postgres.source(environment.databases().own());
      service.implement(
          DrillApi.CONTRACT,
          new Desk() {
            @Override
            public DigResponse dig(DigRequest request) {
              try {
                if (broken) {
                  deaf(plain, request.getWorkMs());
                } else {
                  statement(service, request.getWorkMs());
                }
                return DigResponse.getDefaultInstance();
              } finally {
                parent.println("ended " + System.nanoTime());
              }
            }
          });
      service.start();
      await(service.port(), parent, termination);
    }
  }

  private static void statement(Service<DrillOwner> service, int millis) {
    try (var tx = service.begin()) {
      sleep(tx.connection(), millis);
      tx.commit();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// As it is without Concordat's transaction, on a thread that nobody interrupts.
  private static void deaf(DataSource database, int millis) {
    try (Background background = new Background("deaf")) {
      background.start(
          "statement",
          () -> {
            try (Connection connection = database.getConnection()) {
              sleep(connection, Math.min(millis, DEAF_MS));
            } catch (SQLException e) {
              throw new IllegalStateException(e);
            }
          });
      while (!background.stop(Duration.ofMillis(DEAF_MS))) {
        // Interrupted: whoever is deaf goes on.
      }
    }
  }

  private static void sleep(Connection connection, int millis) throws SQLException {
    try (var statement = connection.prepareStatement("select pg_sleep(?::float8 / 1000)")) {
      statement.setInt(1, millis);
      statement.execute();
    }
  }

  private static void await(int port, PrintStream parent, Termination termination) {
    parent.println("ready " + port);
    termination.askAfter(ServingProcess::inputEnds);
    termination.await();
  }
}
