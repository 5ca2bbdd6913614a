package dev.concordat.bench.calls;

import dev.concordat.bench.load.Asking;
import dev.concordat.bench.load.Contender;
import dev.concordat.bench.load.Serving;
import dev.concordat.telemetry.Telemetry;
import dev.concordat.telemetry.TelemetryOptions;

/// [Concordat] with telemetry: a span and a measured duration for each call on either side, made
/// but not sent anywhere.
public final class ConcordatWatched implements Contender {
  @Override
  public String name() {
    return "concordat-watched";
  }

  @Override
  public Serving serve() {
    return Concordat.serve(Telemetry.open(TelemetryOptions.of("echo")));
  }

  @Override
  public Asking connect(int port) {
    return Concordat.connect(port, Telemetry.open(TelemetryOptions.of("bench")));
  }
}
