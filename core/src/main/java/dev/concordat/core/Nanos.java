package dev.concordat.core;

import java.time.Duration;

/// Durations as nanoseconds in a `long`, cut to a hundred years either way, so that neither they
/// nor the sum of two overflow.
final class Nanos {
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private Nanos() {}

  static long of(Duration duration) {
    if (duration.compareTo(LONGEST) > 0) {
      return LONGEST.toNanos();
    }
    return duration.compareTo(LONGEST.negated()) < 0
        ? LONGEST.negated().toNanos()
        : duration.toNanos();
  }
}
