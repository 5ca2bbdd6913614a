package dev.concordat.calls;

import dev.concordat.calls.identity.TokenSource;
import java.util.Optional;

/// In whose name calls are made.
///
/// @param name the owner name of the calling service, for example `orders`
/// @param tokens the service's own token, for calls that are made for nobody; default none
/// @param forwards whether the token that came with the call being handled goes on with the calls
///   made for it; default yes. Off for whoever is not to have it, such as another company
public record Asker(String name, Optional<TokenSource> tokens, boolean forwards) {
  /// The defaults for a name.
  public static Asker of(String name) {
    return new Asker(name, Optional.empty(), true);
  }

  /// The same with a token of its own.
  public Asker withTokens(TokenSource tokens) {
    return new Asker(name, Optional.of(tokens), forwards);
  }

  /// The same handing on no token.
  public Asker withoutForwarding() {
    return new Asker(name, tokens, false);
  }
}
