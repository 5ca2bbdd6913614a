package dev.concordat.bench.calls;

import dev.concordat.cli.Figure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// The figures, ratios first. Those of single contenders are medians over the rounds.
final class Report {
  private static final double MIB = 1024 * 1024;

  private final List<Figure> figures = new ArrayList<>();

  private Report() {}

  static List<Figure> figures(Measurement seen) {
    Report report = new Report();
    report.ratios("unary.cpu_ratio", seen.closed(), Pair.Turn::micros);
    report.ratios("unary.throughput_ratio", seen.closed(), Pair.Turn::perSecond);
    report.ratios("unary.cpu_ratio_at_rate", seen.open(), Pair.Turn::micros);
    report.ratios("stream.throughput_ratio", seen.streams(), Pair.Turn::perSecond);
    report.ratios("stream.cpu_ratio", seen.streams(), Pair.Turn::micros);
    seen.closed().forEach((name, turns) -> report.closed("unary." + key(name), turns));
    seen.open().forEach((name, turns) -> report.open("unary." + key(name), turns));
    seen.streams().forEach((name, turns) -> report.stream("stream." + key(name), turns));
    seen.stalls().forEach(report::stall);
    report.add("machine.other_cpu_share", seen.disturbance(), "");
    return report.figures;
  }

  /// Ours by theirs: the median of the rounds, and the smallest and largest, which say how far it
  /// can be trusted.
  private void ratios(
      String what, Map<String, Series> series, ToDoubleFunction<Pair.Turn> measure) {
    Series ours = series.get(Settings.OURS);
    if (ours == null) {
      return;
    }
    series.forEach((name, theirs) -> {
      if (!name.equals(Settings.OURS)) {
        List<Double> ratios = ours.ratios(theirs, measure);
        String figure = what + "_to_" + key(name);
        add(figure, Series.median(ratios), "");
        add(figure + "_min", Collections.min(ratios), "");
        add(figure + "_max", Collections.max(ratios), "");
      }
    });
  }

  private void closed(String name, Series turns) {
    add(name + ".cpu_us", turns.median(Pair.Turn::micros), "us");
    add(name + ".client_cpu_us", turns.median(Pair.Turn::clientMicros), "us");
    add(name + ".server_cpu_us", turns.median(Pair.Turn::serverMicros), "us");
    add(name + ".calls_per_s", turns.median(Pair.Turn::perSecond), "1/s");
    add(name + ".failed", (double) turns.failed(), "");
  }

  private void open(String name, Series turns) {
    add(name + ".at_rate.cpu_us", turns.median(Pair.Turn::micros), "us");
    add(name + ".at_rate.p50_ms", turns.percentileMillis(50), "ms");
    add(name + ".at_rate.p99_ms", turns.percentileMillis(99), "ms");
    add(name + ".at_rate.p999_ms", turns.percentileMillis(99.9), "ms");
    add(name + ".at_rate.failed", (double) turns.failed(), "");
  }

  private void stream(String name, Series turns) {
    add(name + ".messages_per_s", turns.median(Pair.Turn::perSecond), "1/s");
    add(name + ".cpu_us", turns.median(Pair.Turn::micros), "us");
  }

  private void stall(Measurement.Stall stall) {
    String name = "stalled." + key(stall.name());
    add(name + ".sent_ahead", stall.ahead(), "messages");
    add(name + ".sent_later", (double) stall.later(), "messages");
    add(name + ".server_heap_growth_mb", stall.server().heap() / MIB, "MB");
    add(name + ".server_rss_growth_mb", stall.server().resident() / MIB, "MB");
    add(name + ".client_heap_growth_mb", stall.client().heap() / MIB, "MB");
    add(name + ".client_rss_growth_mb", stall.client().resident() / MIB, "MB");
  }

  private void add(String name, double value, String unit) {
    figures.add(new Figure(name, value, unit));
  }

  private static String key(String contender) {
    return contender.replace('-', '_');
  }
}
