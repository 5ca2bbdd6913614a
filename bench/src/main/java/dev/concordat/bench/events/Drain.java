package dev.concordat.bench.events;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// W2: a queue is filled while nobody works, and then drained: claim, and an acknowledgement that
/// is durable. What counts is what stands as done in the database when the time is over.
final class Drain {
  static final List<String> QUEUES =
      List.of(Settings.OURS, "db-scheduler", "db-scheduler-tuned", "jobrunr", "jobrunr-tuned");

  /// More than anybody does in a second.
  private static final int FASTEST = 20_000;

  private final Settings settings;
  private final Server server;
  private final Screen screen;
  private final Map<String, List<Double>> perSecond = new LinkedHashMap<>();
  private final Map<String, List<Double>> cpuMillis = new LinkedHashMap<>();

  Drain(Settings settings, Server server, Screen screen) {
    this.settings = settings;
    this.server = server;
    this.screen = screen;
  }

  Map<String, List<Double>> perSecond() {
    return perSecond;
  }

  Map<String, List<Double>> cpuMillis() {
    return cpuMillis;
  }

  void run() throws IOException, SQLException {
    screen.say("W2 queue: starting the contestants …");
    try (var rivals = Rivals.start(settings.among(QUEUES), "queue", server, screen)) {
      rivals.inTurn(0, this::warmUp);
      for (int round = 1; round <= settings.rounds(); round++) {
        screen.say("W2 round %d of %d", round, settings.rounds());
        rivals.inTurn(round, this::measure);
      }
    }
  }

  private void warmUp(Rival rival) {
    screen.say("  warming up %s …", rival.name());
    turn(rival, settings.seconds() * 500);
  }

  private void measure(Rival rival) {
    double before = speed(rival);
    Rival.Answer answer = turn(rival, (int) Math.max(1_000, before * settings.seconds()));
    double rate = answer.number(0) * 1e9 / answer.number(1);
    perSecond.computeIfAbsent(rival.name(), any -> new ArrayList<>()).add(rate);
    cpuMillis
        .computeIfAbsent(rival.name(), any -> new ArrayList<>())
        .add(answer.millisEach(answer.number(0)));
    screen.say(
        "  %-26s %,8.0f/s  %6.3f ms CPU", rival.name(), rate, answer.millisEach(answer.number(0)));
  }

  /// What it did the last time, so that the queue lasts about a turn.
  private double speed(Rival rival) {
    List<Double> so = perSecond.get(rival.name());
    return so == null ? FASTEST / 10.0 : so.getLast();
  }

  private Rival.Answer turn(Rival rival, int tasks) {
    var _ = rival.ask("fill " + tasks);
    return rival.ask("drain " + settings.seconds() * 2_000);
  }
}
