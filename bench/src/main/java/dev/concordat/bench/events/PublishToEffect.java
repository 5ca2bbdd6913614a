package dev.concordat.bench.events;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// W1: a transaction {insert order, publish}, and for each the handler's transaction {insert
/// effect}.
///
/// Throughput: 16 publishers that go on at once, but wait while a thousand orders have no effect
/// yet, so that what is counted can be kept up for ever. Latency: orders at a fixed rate, from
/// commit to commit.
final class PublishToEffect {
  private static final int PUBLISHERS = 16;
  private static final int BACKLOG = 1_000;
  private static final int PATIENCE_MILLIS = 20_000;

  /// Until then the JIT compiler takes much of two processors: measured, the processor time of an
  /// order fell to a third from the first turn of five seconds to the third.
  private static final int WARM_UPS = 3;

  private static final List<Integer> RATES = List.of(100, 500, 1000);

  private final Settings settings;
  private final Server server;
  private final Screen screen;
  private final Map<String, Series> seen = new LinkedHashMap<>();

  PublishToEffect(Settings settings, Server server, Screen screen) {
    this.settings = settings;
    this.server = server;
    this.screen = screen;
  }

  /// What one contestant did.
  static final class Series {
    final List<Double> perSecond = new ArrayList<>();
    final List<Double> cpuMillis = new ArrayList<>();
    final Map<Integer, Histogram> fromCommit = new LinkedHashMap<>();
    final Map<Integer, Histogram> fromMeant = new LinkedHashMap<>();
    long lost;
    long duplicates;
  }

  Map<String, Series> seen() {
    return seen;
  }

  void run() throws IOException, SQLException {
    screen.say("W1 publish to effect: starting the contestants …");
    try (var rivals = Rivals.start(settings.tellers(), "tell", server, screen)) {
      rivals.inTurn(0, this::warmUp);
      for (int round = 1; round <= settings.rounds(); round++) {
        screen.say("W1 round %d of %d", round, settings.rounds());
        rivals.inTurn(round, this::throughput);
      }
      for (int rate : RATES) {
        screen.say("W1 at %d a second", rate);
        rivals.inTurn(rate, rival -> latency(rival, rate));
      }
    }
  }

  private void warmUp(Rival rival) {
    screen.say("  warming up %s …", rival.name());
    for (int turn = 1; turn <= WARM_UPS; turn++) {
      ask(rival, closed());
    }
    ask(rival, open(200));
  }

  private String closed() {
    return "closed %d %d %d %d"
        .formatted(PUBLISHERS, BACKLOG, settings.seconds() * 1000, PATIENCE_MILLIS);
  }

  private String open(int rate) {
    return "open %d %d %d".formatted(rate, settings.seconds() * 1000, PATIENCE_MILLIS);
  }

  private Rival.Answer ask(Rival rival, String command) {
    Rival.Answer answer = rival.ask(command);
    Series series = series(rival);
    series.lost += answer.number(2);
    series.duplicates = answer.number(3);
    return answer;
  }

  private void throughput(Rival rival) {
    Rival.Answer answer = ask(rival, closed());
    double perSecond = (double) answer.number(1) / settings.seconds();
    double millis = answer.millisEach(answer.number(0));
    series(rival).perSecond.add(perSecond);
    series(rival).cpuMillis.add(millis);
    screen.say("  %-26s %,8.0f/s  %6.3f ms CPU%s", rival.name(), perSecond, millis, lost(answer));
  }

  private void latency(Rival rival, int rate) {
    Rival.Answer answer = ask(rival, open(rate));
    Histogram latencies = answer.histogram(4);
    series(rival).fromCommit.put(rate, latencies);
    series(rival).fromMeant.put(rate, answer.histogram(5));
    screen.say(
        "  %-26s p50 %8.1f ms  p99 %8.1f ms%s",
        rival.name(),
        latencies.getValueAtPercentile(50) / 1e6,
        latencies.getValueAtPercentile(99) / 1e6,
        lost(answer));
  }

  private static String lost(Rival.Answer answer) {
    return answer.number(2) == 0 ? "" : "  " + answer.number(2) + " without effect";
  }

  private Series series(Rival rival) {
    return seen.computeIfAbsent(rival.name(), any -> new Series());
  }
}
