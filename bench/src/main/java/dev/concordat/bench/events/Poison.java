package dev.concordat.bench.events;

import java.io.IOException;
import java.sql.SQLException;
import org.HdrHistogram.Histogram;

/// W5: of a thousand keys ten always fail. What the others notice of it: the latency from commit to
/// effect at a fixed rate, beside that of a process in which no key fails.
final class Poison {
  private static final int RATE = 500;
  private static final int PATIENCE_MILLIS = 20_000;

  private final Settings settings;
  private final Server server;
  private final Screen screen;
  private final Histogram without = new Histogram(3);
  private final Histogram with = new Histogram(3);

  Poison(Settings settings, Server server, Screen screen) {
    this.settings = settings;
    this.server = server;
    this.screen = screen;
  }

  Histogram without() {
    return without;
  }

  Histogram with() {
    return with;
  }

  void run() throws IOException, SQLException {
    screen.say("W5 poisoned keys: starting two processes …");
    try (Rival healthy = Rival.start(Settings.OURS, "tell", server);
        Rival poisoned = Rival.start(Settings.OURS, "tell", server)) {
      var _ = poisoned.ask("poison");
      var _ = turn(healthy);
      var _ = turn(poisoned);
      for (int round = 1; round <= settings.rounds(); round++) {
        without.add(shown("none fails", turn(healthy)));
        with.add(shown("1 % fail  ", turn(poisoned)));
      }
    }
  }

  private Histogram turn(Rival rival) {
    String open = "open %d %d %d".formatted(RATE, settings.seconds() * 1000, PATIENCE_MILLIS);
    return rival.ask(open).histogram(4);
  }

  private Histogram shown(String what, Histogram latencies) {
    screen.say(
        "  %s  p50 %7.1f ms  p99 %7.1f ms",
        what, latencies.getValueAtPercentile(50) / 1e6, latencies.getValueAtPercentile(99) / 1e6);
    return latencies;
  }
}
