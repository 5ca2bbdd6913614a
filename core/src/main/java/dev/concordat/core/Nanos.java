package dev.concordat.core;

import java.time.Duration;

/// Durations as nanoseconds in a `long`, cut to a hundred years either way, so that neither they
/// nor the sum of two overflow.
final class Nanos {
  private static final long MOST = Duration.ofDays(36_500).toNanos();
  private static final long MOST_SECONDS = Duration.ofDays(36_500).toSeconds();

  private Nanos() {}

  static long of(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds >= MOST_SECONDS) {
      return MOST;
    }
    return seconds < -MOST_SECONDS ? -MOST : duration.toNanos();
  }
}
