package dev.concordat.core;

import java.time.Duration;
import java.time.Instant;

/// Where time comes from, so that tests can own it.
///
/// Threads: safe for many.
public interface Clock {
  /// The machine's clock.
  Clock SYSTEM = new SystemClock();

  /// The time of day, for what is stored or shown. May jump.
  Instant now();

  /// Nanoseconds since some fixed instant, for measuring and for deadlines. Never runs backwards.
  long nanos();

  /// Waits.
  ///
  /// @throws InterruptedException when the thread is interrupted, at once
  void sleep(Duration duration) throws InterruptedException;
}
