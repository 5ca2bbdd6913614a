package dev.concordat.bench.promises;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How long messages waited, from being told to their first effect.
public final class Waits {
  private final List<Wait> waits;

  private Waits(List<Wait> waits) {
    this.waits = List.copyOf(waits);
  }

  private record Wait(Instant toldAt, Duration length) {}

  /// Those of the messages that have an effect.
  public static Waits of(History history) {
    Map<Long, Instant> done = new HashMap<>();
    history
        .effects()
        .forEach(effect -> done.merge(effect.id(), effect.at(), (a, b) -> a.isBefore(b) ? a : b));
    List<Wait> waits = new ArrayList<>();
    for (Told message : history.told()) {
      Instant at = done.get(message.id());
      if (at != null) {
        waits.add(new Wait(message.at(), Duration.between(message.at(), at)));
      }
    }
    waits.sort(Comparator.comparing(Wait::toldAt));
    return new Waits(waits);
  }

  /// In milliseconds; 0 when there is none.
  ///
  /// @param part for example 0.99
  public double percentile(double part) {
    long[] sorted = waits.stream().mapToLong(wait -> wait.length().toNanos()).sorted().toArray();
    return sorted.length == 0 ? 0 : sorted[(int) Math.ceil(part * sorted.length) - 1] / 1e6;
  }

  /// The longest, in milliseconds; 0 when there is none.
  public double longest() {
    return percentile(1);
  }

  /// The longest of messages told within this time, in milliseconds; 0 when there is none.
  public double longest(Instant from, Instant to) {
    return waits.stream()
            .filter(wait -> !wait.toldAt().isBefore(from) && wait.toldAt().isBefore(to))
            .mapToLong(wait -> wait.length().toNanos())
            .max()
            .orElse(0)
        / 1e6;
  }

  /// For each of these instants the longest wait of the messages told from then until the next one,
  /// in milliseconds, ascending.
  public double[] longestAfter(List<Instant> instants) {
    double[] longest = new double[instants.size()];
    for (int i = 0; i < longest.length; i++) {
      Instant from = instants.get(i);
      Instant to = i + 1 < longest.length ? instants.get(i + 1) : Instant.MAX;
      longest[i] = longest(from, to);
    }
    Arrays.sort(longest);
    return longest;
  }
}
