package dev.concordat.core;

/// A token that opens doors for whoever holds it. It never shows itself: in no log, no span, no
/// message, no debugger's text.
///
/// Threads: immutable.
///
/// Source: RFC 6750 (Bearer Token Usage).
public final class Bearer {
  private final String token;

  private Bearer(String token) {
    this.token = token;
  }

  /// A token.
  ///
  /// @param token without the word `Bearer`
  public static Bearer of(String token) {
    return new Bearer(token);
  }

  /// The secret itself: for the wire, and for who verifies it.
  public String reveal() {
    return token;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bearer bearer && token.equals(bearer.token);
  }

  @Override
  public int hashCode() {
    return token.hashCode();
  }

  /// Without the token.
  @Override
  public String toString() {
    return "Bearer[…]";
  }
}
