package dev.concordat.bench.events;

import dev.concordat.kafka.LocalKafka;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// W4: many events of 10,000 keys in 8 partitions, read by five subscriptions in batches, each
/// event one row in the batch's transaction; the order of every key is checked. Concordat on
/// PostgreSQL and on Kafka, and Kafka's own client. W6: one new subscription reads it all again,
/// from the beginning and from an instant.
final class Stream {
  static final String ON_KAFKA = "concordat-kafka";
  static final String KAFKA = "kafka-clients";
  static final List<String> LOGS = List.of(Settings.OURS, ON_KAFKA, KAFKA);

  /// With turns of six seconds: a million.
  private static final int EVENTS_EACH_SECOND = 166_667;

  private static final int KEYS = 10_000;
  private static final int READERS = 5;

  /// Turns that one reading may take; what was not read by then does not count.
  private static final int LONGEST = 10;

  private final Settings settings;
  private final Server server;
  private final Screen screen;
  private final Report report;
  private final Map<String, Double> readPerSecond = new HashMap<>();

  Stream(Settings settings, Server server, Screen screen, Report report) {
    this.settings = settings;
    this.server = server;
    this.screen = screen;
    this.report = report;
  }

  void run() throws IOException, SQLException {
    List<String> logs = settings.measures("W4") ? settings.among(LOGS) : List.of(Settings.OURS);
    if (logs.equals(List.of(Settings.OURS))) {
      measure(Settings.OURS, "");
      return;
    }
    Path folder = server.data().resolve("kafka");
    screen.say("W4: starting a Kafka …");
    try (LocalKafka kafka =
        LocalKafka.start(
            LocalKafka.classPath(LocalKafka.class), folder, folder.resolveSibling("kafka.log"))) {
      for (String name : logs) {
        measure(name, kafka.bootstrap());
      }
    }
    Double ours = readPerSecond.get(Settings.OURS);
    Double bare = readPerSecond.get(KAFKA);
    if (ours != null && bare != null) {
      report.add("w4.rate_ratio_to_kafka_clients", ours / bare, "");
    }
  }

  private void measure(String name, String kafka) throws IOException, SQLException {
    boolean own = name.equals(Settings.OURS);
    int events = settings.seconds() * EVENTS_EACH_SECOND / 2 * 2;
    screen.say("W4%s %s: telling %,d events …", own ? ", W6" : "", name, events);
    String prefix = own ? "w4." : "w4." + name + ".";
    try (Rival rival = Rival.start(name, "stream", server, kafka)) {
      long begin = System.nanoTime();
      var _ = rival.ask("fill %d %d".formatted(events / 2, KEYS));
      long half = rival.ask("fill %d %d".formatted(0, KEYS)).number(0);
      var _ = rival.ask("fill %d %d".formatted(events / 2, KEYS));
      double told = events * 1e9 / (System.nanoTime() - begin);
      screen.say("  told %,.0f/s, until they could be read", told);
      report.add(prefix + "told_per_s", told, "1/s");
      if (settings.measures("W4")) {
        List<String> readers =
            IntStream.rangeClosed(1, READERS).mapToObj(i -> "reader-" + i).toList();
        long all = (long) events * READERS;
        readPerSecond.put(name, read(rival, prefix + "read", all, 0, readers));
      }
      if (own && settings.measures("W6")) {
        read(rival, "w6.replay_from_start", events, 0, List.of("from-start"));
        read(rival, "w6.replay_from_instant", events / 2, half, List.of("from-instant"));
      }
    }
  }

  private double read(Rival rival, String figure, long handled, long since, List<String> readers) {
    int most = LONGEST * settings.seconds() * 1000;
    var answer =
        rival.ask("read %d %d %d %s".formatted(handled, since, most, String.join(" ", readers)));
    double perSecond = answer.number(0) * 1e9 / answer.number(1);
    screen.say(
        "  %s: %,d of %,d events at %,.0f/s, %d out of order",
        figure, answer.number(0), handled, perSecond, answer.number(2));
    report.add(figure + "_per_s", perSecond, "1/s");
    report.add(figure + "_cpu_ms", answer.millisEach(answer.number(0)), "ms");
    report.add(figure + "_out_of_order", (double) answer.number(2), "");
    return perSecond;
  }
}
