package dev.concordat.calls;

import dev.concordat.calls.balance.Balancing;
import dev.concordat.calls.protect.Breaking;
import dev.concordat.calls.record.Remembered;
import dev.concordat.calls.retry.Retries;
import java.util.random.RandomGenerator;

/// How calls live with instances that fail or are slow, and what is remembered of it.
///
/// @param retries how failed calls are tried again; defaults as in [Retries]
/// @param balancing which instance is asked; defaults as in [Balancing]
/// @param breaking when an instance is left alone; defaults as in [Breaking]
/// @param bulkhead attempts that may be under way to one service at once, and as many streams;
///   default 1,000
/// @param random spreads retries and picks, safe for many threads; default the thread's
/// @param remembered how many calls are remembered; defaults as in [Remembered]
public record Resilience(
    Retries retries,
    Balancing balancing,
    Breaking breaking,
    int bulkhead,
    RandomGenerator random,
    Remembered remembered) {
  /// The defaults named above.
  public static final Resilience DEFAULT =
      new Resilience(
          Retries.DEFAULT,
          Balancing.DEFAULT,
          Breaking.DEFAULT,
          1_000,
          new ThreadsRandom(),
          Remembered.DEFAULT);

  /// Checks that something gets through.
  public Resilience {
    if (bulkhead < 1) {
      throw new IllegalArgumentException("a bulkhead lets at least one call in, got " + bulkhead);
    }
  }

  /// The same with other retries.
  public Resilience withRetries(Retries retries) {
    return new Resilience(retries, balancing, breaking, bulkhead, random, remembered);
  }

  /// The same with other balancing.
  public Resilience withBalancing(Balancing balancing) {
    return new Resilience(retries, balancing, breaking, bulkhead, random, remembered);
  }

  /// The same with other breakers.
  public Resilience withBreaking(Breaking breaking) {
    return new Resilience(retries, balancing, breaking, bulkhead, random, remembered);
  }

  /// The same with another number of attempts at once.
  public Resilience withBulkhead(int bulkhead) {
    return new Resilience(retries, balancing, breaking, bulkhead, random, remembered);
  }

  /// The same with another source of randomness.
  public Resilience withRandom(RandomGenerator random) {
    return new Resilience(retries, balancing, breaking, bulkhead, random, remembered);
  }

  /// The same with another memory of calls.
  public Resilience withRemembered(Remembered remembered) {
    return new Resilience(retries, balancing, breaking, bulkhead, random, remembered);
  }
}
