package dev.concordat.calls;

import dev.concordat.calls.retry.Retries;
import java.util.random.RandomGenerator;

/// How calls live with instances that fail or are slow.
///
/// @param retries how failed calls are tried again; defaults as in [Retries]
/// @param random spreads retries and picks, safe for many threads; default the thread's
public record Resilience(Retries retries, RandomGenerator random) {
  /// The defaults named above.
  public static final Resilience DEFAULT = new Resilience(Retries.DEFAULT, new ThreadsRandom());

  /// The same with other retries.
  public Resilience withRetries(Retries retries) {
    return new Resilience(retries, random);
  }

  /// The same with another source of randomness.
  public Resilience withRandom(RandomGenerator random) {
    return new Resilience(retries, random);
  }
}
