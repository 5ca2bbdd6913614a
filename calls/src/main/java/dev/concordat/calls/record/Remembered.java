package dev.concordat.calls.record;

import java.time.Duration;

/// How much is remembered of the calls that were made.
///
/// @param calls how many of the latest; default 1,000
/// @param notable how many of the latest that failed or were slow; default 1,000
/// @param slow what counts as slow; default 1 second
public record Remembered(int calls, int notable, Duration slow) {
  /// The defaults named above.
  public static final Remembered DEFAULT = new Remembered(1_000, 1_000, Duration.ofSeconds(1));

  /// Checks the bounds.
  public Remembered {
    if (calls < 1 || notable < 1 || !slow.isPositive()) {
      throw new IllegalArgumentException(
          "at least one call of each kind is remembered, and slow is longer than nothing, got "
              + "%d, %d and %s".formatted(calls, notable, slow));
    }
  }

  /// The same with another number of calls.
  public Remembered withCalls(int calls) {
    return new Remembered(calls, notable, slow);
  }

  /// The same with another number of failed and slow calls.
  public Remembered withNotable(int notable) {
    return new Remembered(calls, notable, slow);
  }

  /// The same with another measure of slow.
  public Remembered withSlow(Duration slow) {
    return new Remembered(calls, notable, slow);
  }
}
