package dev.concordat.core;

import java.util.Set;

/// Whom a verified token speaks for: an end user, or a program.
///
/// @param id the `sub` of the token, unique within the issuer
/// @param issuer who vouches for it (`iss`)
/// @param scopes what the token allows
public record Subject(String id, String issuer, Set<String> scopes) {
  /// Copies the scopes.
  public Subject {
    scopes = Set.copyOf(scopes);
  }
}
