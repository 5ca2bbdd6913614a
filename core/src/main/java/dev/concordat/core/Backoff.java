package dev.concordat.core;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait before the next try: exponential with full jitter, a random time between zero
/// and a cap that doubles.
///
/// Source: [Exponential Backoff And
/// Jitter](https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
///
/// @param base cap of the first wait, more than zero
/// @param max cap of any wait, at least the base; longer than a hundred years is cut to that
public record Backoff(Duration base, Duration max) {
  /// Checks the bounds.
  public Backoff {
    if (base.isZero() || base.isNegative() || max.compareTo(base) < 0) {
      throw new IllegalArgumentException(
          "a backoff needs 0 < base <= max, got base " + base + " and max " + max);
    }
  }

  /// The wait after this many failed tries (from 1).
  public Duration after(int failures, RandomGenerator random) {
    return Duration.ofNanos(random.nextLong(cap(failures).toNanos() + 1));
  }

  /// The longest possible wait after this many failed tries (from 1).
  public Duration cap(int failures) {
    int doublings = Math.clamp((long) failures - 1, 0, Long.SIZE - 2);
    long first = Nanos.of(base);
    long last = Nanos.of(max);
    return Duration.ofNanos(first <= last >> doublings ? first << doublings : last);
  }
}
