package dev.concordat.bench.simulation;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// One run: a timeline, a seed, and whose decisions are made in it.
///
/// Threads: one.
final class World {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final long seed;
  private final Stack stack;
  private final Timeline timeline = new Timeline();

  World(long seed, Stack stack) {
    this.seed = seed;
    this.stack = stack;
  }

  Timeline timeline() {
    return timeline;
  }

  Stack stack() {
    return stack;
  }

  /// Randomness for one purpose, so that what one part draws does not change what another does:
  /// every stack meets the same arrivals.
  RandomGenerator random(String purpose) {
    return new SplittableRandom(seed * GOLDEN + purpose.hashCode());
  }
}
