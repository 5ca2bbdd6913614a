package dev.concordat.contract;

import java.time.Duration;
import java.util.Optional;

/// What the contract says about asking a method more than once.
///
/// @param safety whether it may be called twice
/// @param keyRequired whether a caller must bring an idempotency key
/// @param hedgeAfter how long one instance is waited for before another is asked as well; empty:
///   never
/// @param coalesced whether callers that ask the same at the same time share one call
public record Repeat(
    Safety safety, boolean keyRequired, Optional<Duration> hedgeAfter, boolean coalesced) {
  /// A method that is neither hedged nor shared.
  public static Repeat of(Safety safety, boolean keyRequired) {
    return new Repeat(safety, keyRequired, Optional.empty(), false);
  }
}
