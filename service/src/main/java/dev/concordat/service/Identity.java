package dev.concordat.service;

import dev.concordat.calls.identity.PemFiles;
import java.net.URI;
import java.util.Optional;

/// How a part proves who it is, and whom it believes.
///
/// @param papers certificate, key and trusted roots for mutual TLS; without them, the default,
///   nothing is encrypted and names are believed
/// @param trustDomain whose names are believed; default that of the certificate
/// @param users whose tokens of end users are believed; default nobody's
public record Identity(
    Optional<PemFiles> papers, Optional<String> trustDomain, Optional<Issuer> users) {
  /// Nothing is proven.
  public static final Identity NONE =
      new Identity(Optional.empty(), Optional.empty(), Optional.empty());

  /// An identity provider.
  ///
  /// @param name the `iss` of its tokens
  /// @param keys where it publishes its keys (JWKS)
  /// @param audience what `aud` of the tokens must contain
  public record Issuer(String name, URI keys, String audience) {}

  /// The same with these papers.
  public Identity withPapers(PemFiles papers) {
    return new Identity(Optional.of(papers), trustDomain, users);
  }

  /// The same believing names of this trust domain.
  public Identity withTrustDomain(String trustDomain) {
    return new Identity(papers, Optional.of(trustDomain), users);
  }

  /// The same believing tokens of this issuer.
  public Identity withUsers(Issuer users) {
    return new Identity(papers, trustDomain, Optional.of(users));
  }
}
