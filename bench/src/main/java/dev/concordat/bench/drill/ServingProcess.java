package dev.concordat.bench.drill;

import dev.concordat.bench.drill.v1.DrillApi;
import dev.concordat.calls.CallServer;
import dev.concordat.calls.ServerOptions;
import dev.concordat.calls.discovery.Registry;
import dev.concordat.calls.identity.PemFiles;
import dev.concordat.calls.identity.Tls;
import dev.concordat.core.Termination;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;

/// One instance of the drills' service, found through the registry, as a process of its own.
final class ServingProcess {
  private static final Duration GRACE = Duration.ofSeconds(10);

  private ServingProcess() {}

  /// Serves until SIGTERM or the end of standard input, then drains.
  ///
  /// @param arguments JDBC URL of the registry's database, and the folder of the certificates if
  ///   the calls are to be secured
  static void main(String[] arguments) {
    PrintStream parent = OwnProcess.parent();
    Termination termination = Termination.expect();
    int code = 1;
    ServerOptions options = ServerOptions.of("drill");
    try {
      if (arguments.length == 1) {
        code = serve(arguments[0], options, parent, termination);
      } else {
        try (Tls tls = Tls.open(PemFiles.in(Path.of(arguments[1])))) {
          code = serve(arguments[0], options.withTls(tls), parent, termination);
        }
      }
    } finally {
      termination.over(code);
    }
  }

  private static int serve(
      String database, ServerOptions options, PrintStream parent, Termination termination) {
    try (Registry registry = Registry.open(Postgres.source(database));
        CallServer server = CallServer.with(options).serve(DrillApi.CONTRACT, new Desk()).start()) {
      server.announce(registry, "127.0.0.1");
      parent.println("ready " + server.port());
      termination.askAfter(ServingProcess::inputEnds);
      termination.await();
      return server.drain(GRACE) ? 0 : 3;
    }
  }

  /// The parent has closed the pipe, on purpose or by dying.
  static void inputEnds() {
    try {
      System.in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
