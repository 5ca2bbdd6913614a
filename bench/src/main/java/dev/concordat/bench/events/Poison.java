package dev.concordat.bench.events;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import org.HdrHistogram.Histogram;

/// W5: of a thousand keys ten always fail. What the others notice of it: the latency from commit to
/// effect at a fixed rate, beside that of a process in which no key fails. Their turns are twice as
/// long as others', and who begins changes: by so few of the latencies the two are compared.
final class Poison {
  private static final int RATE = 500;
  private static final int WARM_UPS = 3;
  private static final int TURN = 2;
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
      List<Side> sides =
          List.of(new Side("none fails", healthy, without), new Side("1 % fail  ", poisoned, with));
      for (int turn = 1; turn <= WARM_UPS; turn++) {
        sides.forEach(side -> turn(side.rival));
      }
      for (int round = 1; round <= settings.rounds(); round++) {
        (round % 2 == 1 ? sides : sides.reversed()).forEach(this::measure);
      }
    }
  }

  private record Side(String what, Rival rival, Histogram latencies) {}

  private void measure(Side side) {
    Histogram turn = turn(side.rival);
    screen.say(
        "  %s  p50 %7.1f ms  p99 %7.1f ms",
        side.what, turn.getValueAtPercentile(50) / 1e6, turn.getValueAtPercentile(99) / 1e6);
    side.latencies.add(turn);
  }

  private Histogram turn(Rival rival) {
    int millis = TURN * settings.seconds() * 1000;
    return rival.ask("open %d %d %d".formatted(RATE, millis, PATIENCE_MILLIS)).histogram(4);
  }
}
