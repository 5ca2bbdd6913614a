package dev.concordat.service;

import dev.concordat.calls.CallsOptions;
import dev.concordat.calls.Proof;
import dev.concordat.calls.identity.Tls;
import dev.concordat.calls.identity.TlsOptions;
import dev.concordat.calls.identity.TokenOptions;
import dev.concordat.calls.identity.TokenVerifier;
import dev.concordat.core.Clock;
import dev.concordat.core.Observer;
import java.util.Optional;

/// A part's identity, in use.
final class Passport implements AutoCloseable {
  private final Optional<Tls> tls;
  private final Optional<TokenVerifier> tokens;

  private Passport(Optional<Tls> tls, Optional<TokenVerifier> tokens) {
    this.tls = tls;
    this.tokens = tokens;
  }

  static Passport open(Identity identity, Clock clock, Observer observer) {
    Optional<Tls> tls =
        identity
            .papers()
            .map(TlsOptions::of)
            .map(options -> identity.trustDomain().map(options::withTrustDomain).orElse(options))
            .map(options -> Tls.open(options.withClock(clock).withObserver(observer)));
    Optional<TokenVerifier> tokens =
        identity
            .users()
            .map(issuer ->
                TokenVerifier.open(
                    TokenOptions.of(issuer.name(), issuer.keys(), issuer.audience())
                        .withClock(clock)));
    return new Passport(tls, tokens);
  }

  Proof proof() {
    return new Proof(tls, tokens);
  }

  CallsOptions shownBy(CallsOptions options) {
    return tls.map(options::withTls).orElse(options);
  }

  @Override
  public void close() {
    tls.ifPresent(Tls::close);
    tokens.ifPresent(TokenVerifier::close);
  }
}
