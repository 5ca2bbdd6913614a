package dev.concordat.calls;

import dev.concordat.calls.identity.Tls;
import dev.concordat.calls.identity.TokenVerifier;
import java.util.Optional;

/// What callers have to prove to a server.
///
/// @param tls mutual TLS: every caller shows a certificate, and its name in there is who calls.
///   Without it, the default, there is no encryption, and the name that a caller gives is believed
/// @param tokens verifies the tokens of those for whom calls are made. Without it, the default,
///   nobody is known to be behind a call, and a contract that asks for scopes is refused at the
///   start
public record Proof(Optional<Tls> tls, Optional<TokenVerifier> tokens) {
  /// Nothing is proven: for one machine, and for a network that does it (a mesh).
  public static final Proof NONE = new Proof(Optional.empty(), Optional.empty());

  /// The same with mutual TLS.
  public Proof withTls(Tls tls) {
    return new Proof(Optional.of(tls), tokens);
  }

  /// The same with verified tokens.
  public Proof withTokens(TokenVerifier tokens) {
    return new Proof(tls, Optional.of(tokens));
  }
}
