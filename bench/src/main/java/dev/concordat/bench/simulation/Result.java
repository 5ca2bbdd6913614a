package dev.concordat.bench.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What one scenario gave with one stack.
final class Result {
  private final List<Value> values = new ArrayList<>();
  private double[] goodBySecond = {};

  /// One line of the scenario's table.
  ///
  /// @param key for programs; empty when it is only shown
  /// @param label for people
  /// @param text the value as it is shown
  record Value(String key, String label, String text, double number) {}

  Result share(String key, String label, double share) {
    return add(key, label, String.format(Locale.ROOT, "%.2f %%", 100 * share), share);
  }

  Result count(String key, String label, long count) {
    return add(key, label, String.format(Locale.ROOT, "%,d", count), (double) count);
  }

  Result times(String key, String label, double times) {
    return add(key, label, String.format(Locale.ROOT, "%.2f×", times), times);
  }

  Result millis(String key, String label, double millis) {
    return add(key, label, String.format(Locale.ROOT, "%.0f ms", millis), millis);
  }

  /// A time in whole seconds.
  ///
  /// @param most how long it was looked at; longer than that is only known to be longer
  Result seconds(String key, String label, double seconds, int most) {
    String text =
        Double.isInfinite(seconds)
            ? "not in " + most + " s"
            : String.format(Locale.ROOT, "%.0f s", seconds);
    return add(key, label, text, seconds);
  }

  /// The share of good calls in each second.
  Result chart(double[] goodBySecond) {
    this.goodBySecond = goodBySecond.clone();
    return this;
  }

  List<Value> values() {
    return List.copyOf(values);
  }

  /// One character for each second.
  String chart() {
    StringBuilder line = new StringBuilder();
    for (double share : goodBySecond) {
      int level = (int) Math.floor(share * 8);
      line.append(share >= 0.995 ? '█' : " ▁▂▃▄▅▆▇".charAt(Math.clamp(level, 0, 7)));
    }
    return line.toString();
  }

  private Result add(String key, String label, String text, double number) {
    values.add(new Value(key, label, text, number));
    return this;
  }
}
