package dev.concordat.service;

import dev.concordat.calls.identity.PemFiles;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An identity as environment variables.
final class IdentityVariables {
  private static final List<String> TLS =
      List.of("CONCORDAT_TLS_CERTIFICATE", "CONCORDAT_TLS_KEY", "CONCORDAT_TLS_TRUST");
  private static final List<String> JWT =
      List.of("CONCORDAT_JWT_ISSUER", "CONCORDAT_JWT_JWKS", "CONCORDAT_JWT_AUDIENCE");
  private static final String TRUST_DOMAIN = "CONCORDAT_TRUST_DOMAIN";

  private IdentityVariables() {}

  static Identity read(Map<String, String> variables) {
    Optional<PemFiles> papers =
        all(TLS, variables)
            .map(said ->
                new PemFiles(Path.of(said.get(0)), Path.of(said.get(1)), Path.of(said.get(2))));
    Optional<Identity.Issuer> users =
        all(JWT, variables)
            .map(said -> new Identity.Issuer(said.get(0), uri(said.get(1)), said.get(2)));
    return new Identity(papers, said(TRUST_DOMAIN, variables), users);
  }

  static Map<String, String> write(Identity identity) {
    Map<String, String> variables = new HashMap<>();
    identity
        .papers()
        .ifPresent(papers -> {
          variables.put(TLS.get(0), papers.certificate().toString());
          variables.put(TLS.get(1), papers.key().toString());
          variables.put(TLS.get(2), papers.trust().toString());
        });
    identity.trustDomain().ifPresent(domain -> variables.put(TRUST_DOMAIN, domain));
    identity
        .users()
        .ifPresent(issuer -> {
          variables.put(JWT.get(0), issuer.name());
          variables.put(JWT.get(1), issuer.keys().toString());
          variables.put(JWT.get(2), issuer.audience());
        });
    return variables;
  }

  /// Half an identity is a mistake, and running without any would hide it.
  private static Optional<List<String>> all(List<String> names, Map<String, String> variables) {
    List<String> missing = names.stream().filter(name -> said(name, variables).isEmpty()).toList();
    if (missing.size() == names.size()) {
      return Optional.empty();
    }
    if (!missing.isEmpty()) {
      throw Failure.of(
          Code.FAILED_PRECONDITION, "of " + names + " all are set or none; missing: " + missing);
    }
    return Optional.of(names.stream().map(variables::get).toList());
  }

  private static Optional<String> said(String name, Map<String, String> variables) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isBlank());
  }

  private static URI uri(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw Failure.of(Code.FAILED_PRECONDITION, JWT.get(1) + " is no URI: " + text, e);
    }
  }
}
