package dev.concordat.bench.events;

import dev.concordat.cli.Figure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/// The figures, and whether they are as they should be.
final class Report {
  /// What a figure should be.
  ///
  /// @param most whether the bound is the most; else the least
  private record Target(String figure, double bound, boolean most) {
    boolean met(double value) {
      return most ? value <= bound : value >= bound;
    }
  }

  private static final List<Target> TARGETS =
      List.of(
          new Target("w1.throughput_ratio_to_best_peer", 2, false),
          new Target("w1.throughput_ratio_to_floor", 0.6, false),
          new Target("w1.p50_ms_at_500", 10, true),
          new Target("w1.p99_ms_at_500", 50, true),
          new Target("w1.concordat.lost", 0, true),
          new Target("w1.concordat.duplicates", 0, true),
          new Target("w2.throughput_ratio_to_best_peer", 3, false),
          new Target("w3.end_to_start", 0.8, false),
          new Target("w4.read_out_of_order", 0, true),
          new Target("w6.replay_from_start_out_of_order", 0, true),
          new Target("w5.healthy_p99_ratio", 1.5, true));

  private final List<Figure> figures = new ArrayList<>();

  List<Figure> figures() {
    return List.copyOf(figures);
  }

  void add(String name, double value, String unit) {
    figures.add(new Figure(name, value, unit));
  }

  void publishToEffect(Map<String, PublishToEffect.Series> seen) {
    Map<String, List<Double>> rates = new LinkedHashMap<>();
    seen.forEach((name, series) -> rates.put(name, series.perSecond));
    ratioToBest("w1", rates);
    List<Double> ours = rates.getOrDefault(Settings.OURS, List.of());
    List<Double> floor = rates.get(Settings.FLOOR);
    if (floor != null) {
      add("w1.throughput_ratio_to_floor", Medians.ratio(ours, floor), "");
    }
    PublishToEffect.Series own = seen.get(Settings.OURS);
    if (own != null) {
      own.fromCommit.forEach((rate, latencies) -> {
        add("w1.p50_ms_at_" + rate, millis(latencies, 50), "ms");
        add("w1.p99_ms_at_" + rate, millis(latencies, 99), "ms");
      });
    }
    seen.forEach(this::contestant);
  }

  private void contestant(String name, PublishToEffect.Series series) {
    String prefix = "w1." + name + ".";
    add(prefix + "per_s", Medians.of(series.perSecond), "1/s");
    add(prefix + "cpu_ms", Medians.of(series.cpuMillis), "ms");
    series.fromCommit.forEach((rate, latencies) -> {
      add(prefix + "p50_ms_at_" + rate, millis(latencies, 50), "ms");
      add(prefix + "p99_ms_at_" + rate, millis(latencies, 99), "ms");
    });
    series.fromMeant.forEach((rate, latencies) ->
        add(prefix + "p99_ms_from_meant_at_" + rate, millis(latencies, 99), "ms"));
    add(prefix + "lost", (double) series.lost, "");
    add(prefix + "duplicates", (double) series.duplicates, "");
  }

  void drain(Map<String, List<Double>> rates, Map<String, List<Double>> cpuMillis) {
    ratioToBest("w2", rates);
    rates.forEach((name, perSecond) -> {
      add("w2." + name + ".per_s", Medians.of(perSecond), "1/s");
      add("w2." + name + ".cpu_ms", Medians.of(cpuMillis.getOrDefault(name, List.of())), "ms");
    });
  }

  void oldTransaction(Map<String, OldTransaction.Seen> all) {
    OldTransaction.Seen ours = all.get(Settings.OURS);
    if (ours != null) {
      add("w3.end_to_start", ours.end() / ours.start(), "");
    }
    all.forEach((name, seen) -> {
      String prefix = "w3." + name + ".";
      add(prefix + "end_to_start", seen.end() / seen.start(), "");
      add(prefix + "start_per_s", seen.start(), "1/s");
      add(prefix + "end_per_s", seen.end(), "1/s");
      add(prefix + "p99_ms_start", seen.p99Start(), "ms");
      add(prefix + "p99_ms_end", seen.p99End(), "ms");
      add(prefix + "left", (double) seen.left(), "");
      add(prefix + "dead_rows", (double) seen.dead(), "");
    });
  }

  void poison(Histogram without, Histogram with) {
    add("w5.healthy_p99_ratio", millis(with, 99) / millis(without, 99), "");
    add("w5.healthy_p99_ms", millis(with, 99), "ms");
    add("w5.none_failing_p99_ms", millis(without, 99), "ms");
  }

  /// Ours to the one of the others whose median is the highest.
  private void ratioToBest(String part, Map<String, List<Double>> rates) {
    List<Double> ours = rates.get(Settings.OURS);
    Optional<List<Double>> best =
        rates.entrySet().stream()
            .filter(one -> !one.getKey().equals(Settings.OURS))
            .filter(one -> !one.getKey().equals(Settings.FLOOR))
            .map(Map.Entry::getValue)
            .max(Comparator.comparingDouble(Medians::of));
    if (ours != null && best.isPresent()) {
      add(part + ".throughput_ratio_to_best_peer", Medians.ratio(ours, best.get()), "");
    }
  }

  private static double millis(Histogram latencies, double percentile) {
    return latencies.getValueAtPercentile(percentile) / 1e6;
  }

  /// Says which targets were met.
  void targets(Screen screen) {
    screen.say("");
    for (Target target : TARGETS) {
      figures.stream()
          .filter(figure -> figure.name().equals(target.figure()))
          .forEach(figure ->
              screen.say(
                  "%-6s %-36s %10s   should be %s %s",
                  target.met(figure.value()) ? "met" : "MISSED",
                  figure.name(),
                  String.format(Locale.ROOT, "%.2f", figure.value()),
                  target.most() ? "at most" : "at least",
                  String.format(Locale.ROOT, "%.2f", target.bound())));
    }
    screen.say("");
  }
}
