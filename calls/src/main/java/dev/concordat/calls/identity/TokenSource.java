package dev.concordat.calls.identity;

import dev.concordat.core.Bearer;
import java.time.Duration;

/// Where a service gets the token from that its own calls carry.
///
/// Threads: safe for many.
@FunctionalInterface
public interface TokenSource {
  /// A token that is good now.
  ///
  /// @param patience how long the caller can wait
  /// @throws dev.concordat.core.Failure with `UNAVAILABLE`, reason `TOKEN_UNAVAILABLE`, when there
  ///   is none
  Bearer token(Duration patience);
}
