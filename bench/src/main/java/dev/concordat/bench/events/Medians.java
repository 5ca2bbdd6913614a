package dev.concordat.bench.events;

import java.util.List;
import java.util.stream.IntStream;

/// The middle of what rounds showed.
final class Medians {
  private Medians() {}

  static double of(List<Double> values) {
    if (values.isEmpty()) {
      return 0;
    }
    List<Double> sorted = values.stream().sorted().toList();
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }

  /// Of the ratios round by round, so that what disturbed a round disturbed both.
  static double ratio(List<Double> ours, List<Double> theirs) {
    int rounds = Math.min(ours.size(), theirs.size());
    return of(
        IntStream.range(0, rounds).mapToObj(round -> ours.get(round) / theirs.get(round)).toList());
  }
}
