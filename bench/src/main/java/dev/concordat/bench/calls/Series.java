package dev.concordat.bench.calls;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/// The turns of one contender, round by round.
final class Series {
  private final List<Pair.Turn> turns = new ArrayList<>();

  void add(Pair.Turn turn) {
    turns.add(turn);
  }

  double median(ToDoubleFunction<Pair.Turn> what) {
    return median(turns.stream().mapToDouble(what).boxed().toList());
  }

  long failed() {
    return turns.stream().mapToLong(Pair.Turn::failed).sum();
  }

  /// Of all rounds together: one round has too few calls for the rare ones.
  double percentileMillis(double percentile) {
    Histogram all = new Histogram(3);
    turns.forEach(turn -> all.add(turn.latencies()));
    return all.getValueAtPercentile(percentile) / 1e6;
  }

  /// Ours divided by theirs, round by round: what disturbs a round disturbs both.
  List<Double> ratios(Series theirs, ToDoubleFunction<Pair.Turn> what) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < turns.size(); i++) {
      ratios.add(what.applyAsDouble(turns.get(i)) / what.applyAsDouble(theirs.turns.get(i)));
    }
    return ratios;
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
