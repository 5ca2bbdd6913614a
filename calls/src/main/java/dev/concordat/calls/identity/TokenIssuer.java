package dev.concordat.calls.identity;

import dev.concordat.core.Bearer;
import java.io.IOException;
import java.time.Duration;

/// Who gives out tokens: asked seldom, by [CachedTokens].
@FunctionalInterface
public interface TokenIssuer {
  /// A new token. Blocks.
  Issued issue() throws IOException;

  /// A token, and how long it is good.
  record Issued(Bearer token, Duration lifetime) {}
}
