package dev.concordat.calls;

import dev.concordat.calls.record.Remembered;
import dev.concordat.calls.retry.Retries;
import java.util.random.RandomGenerator;

/// How calls live with instances that fail or are slow, and what is remembered of it.
///
/// @param retries how failed calls are tried again; defaults as in [Retries]
/// @param random spreads retries and picks, safe for many threads; default the thread's
/// @param remembered how many calls are remembered; defaults as in [Remembered]
public record Resilience(Retries retries, RandomGenerator random, Remembered remembered) {
  /// The defaults named above.
  public static final Resilience DEFAULT =
      new Resilience(Retries.DEFAULT, new ThreadsRandom(), Remembered.DEFAULT);

  /// The same with other retries.
  public Resilience withRetries(Retries retries) {
    return new Resilience(retries, random, remembered);
  }

  /// The same with another source of randomness.
  public Resilience withRandom(RandomGenerator random) {
    return new Resilience(retries, random, remembered);
  }

  /// The same with another memory of calls.
  public Resilience withRemembered(Remembered remembered) {
    return new Resilience(retries, random, remembered);
  }
}
