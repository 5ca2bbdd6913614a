package dev.concordat.calls;

import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/// The random numbers of whichever thread asks: no contention, and safe for many.
final class ThreadsRandom implements RandomGenerator {
  @Override
  public long nextLong() {
    return ThreadLocalRandom.current().nextLong();
  }
}
