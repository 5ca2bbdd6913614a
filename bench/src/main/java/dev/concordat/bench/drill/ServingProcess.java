package dev.concordat.bench.drill;

import dev.concordat.bench.drill.v1.DrillApi;
import dev.concordat.calls.CallServer;
import dev.concordat.calls.ServerOptions;
import dev.concordat.calls.discovery.Registry;
import dev.concordat.core.Termination;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;

/// One instance of the drills' service, found through the registry, as a process of its own.
final class ServingProcess {
  private static final Duration GRACE = Duration.ofSeconds(10);

  private ServingProcess() {}

  /// Serves until SIGTERM or the end of standard input, then drains.
  ///
  /// @param arguments JDBC URL of the registry's database
  static void main(String[] arguments) {
    Termination termination = Termination.expect();
    int code = 1;
    try (Registry registry = Registry.open(RegistryDatabase.source(arguments[0]));
        CallServer server =
            CallServer.with(ServerOptions.of("drill"))
                .serve(DrillApi.CONTRACT, new Desk())
                .start()) {
      server.announce(registry, "127.0.0.1");
      System.out.println("ready " + server.port());
      termination.askAfter(ServingProcess::inputEnds);
      termination.await();
      code = server.drain(GRACE) ? 0 : 3;
    } finally {
      termination.over(code);
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
