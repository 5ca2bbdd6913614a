package dev.concordat.bench.drill.events;

import java.util.ArrayList;
import java.util.List;

/// Samples of one thing that must not grow.
///
/// What is emptied from time to time goes up and down, so its peaks count: those of the second half
/// against those of the first, after a warm-up.
final class Series {
  private static final double WARM_UP = 1.0 / 3;
  private static final double TOLERANCE = 1.15;
  private static final double HOUR = 3_600;

  private final double floor;
  private final List<Sample> samples = new ArrayList<>();

  /// @param floor how much more is nothing, in the unit of the samples
  Series(double floor) {
    this.floor = floor;
  }

  private record Sample(double seconds, double value) {}

  void add(double seconds, double value) {
    samples.add(new Sample(seconds, value));
  }

  double last() {
    return samples.isEmpty() ? 0 : samples.getLast().value();
  }

  double peak() {
    return peak(samples);
  }

  /// How much it grows in an hour, by least squares, after the warm-up.
  double slope() {
    List<Sample> warm = warm();
    double meanTime = warm.stream().mapToDouble(Sample::seconds).average().orElse(0);
    double mean = warm.stream().mapToDouble(Sample::value).average().orElse(0);
    double up = 0;
    double down = 0;
    for (Sample sample : warm) {
      double time = sample.seconds() - meanTime;
      up += time * (sample.value() - mean);
      down += time * time;
    }
    return down == 0 ? 0 : up / down * HOUR;
  }

  boolean flat() {
    List<Sample> warm = warm();
    int half = warm.size() / 2;
    return peak(warm.subList(half, warm.size())) <= TOLERANCE * peak(warm.subList(0, half)) + floor;
  }

  private List<Sample> warm() {
    return samples.subList((int) (samples.size() * WARM_UP), samples.size());
  }

  private static double peak(List<Sample> of) {
    return of.stream().mapToDouble(Sample::value).max().orElse(0);
  }
}
