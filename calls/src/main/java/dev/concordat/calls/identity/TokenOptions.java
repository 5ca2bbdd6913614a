package dev.concordat.calls.identity;

import dev.concordat.core.Clock;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Set;

/// Which end users' tokens are believed. What is not named here is refused.
///
/// @param issuer whose tokens, as `iss` says it, compared letter by letter
/// @param keys where the issuer publishes its keys (JWKS): https, or http on this machine
/// @param audience what `aud` must contain: the name by which the issuer knows this system
/// @param algorithms signatures that are believed, of `RS`, `PS` and `ES` with 256, 384 and 512;
///   default RS256, PS256, ES256. Never `none`, never a shared secret
/// @param types what `typ` may be; default `at+jwt` (RFC 9068) and `JWT`
/// @param skew how much clocks may differ, 5 min at most; default 30 s
/// @param clock what time it is; default the machine's
public record TokenOptions(
    String issuer,
    URI keys,
    String audience,
    Set<String> algorithms,
    Set<String> types,
    Duration skew,
    Clock clock) {
  private static final Set<String> ALGORITHMS = Set.of("RS256", "PS256", "ES256");
  private static final Set<String> TYPES = Set.of("at+jwt", "JWT");
  private static final Duration SKEW = Duration.ofSeconds(30);
  private static final Duration MOST_SKEW = Duration.ofMinutes(5);

  /// Refuses what would open a door.
  public TokenOptions {
    algorithms = Set.copyOf(algorithms);
    types = Set.copyOf(types);
    if (issuer.isBlank() || audience.isBlank() || types.isEmpty() || algorithms.isEmpty()) {
      throw new IllegalArgumentException(
          "issuer, audience, algorithms and types of tokens must be said");
    }
    for (String algorithm : algorithms) {
      if (!algorithm.matches("(RS|PS|ES)(256|384|512)")) {
        throw new IllegalArgumentException(
            "signatures are RS, PS or ES with 256, 384 or 512, got \"" + algorithm + "\"");
      }
    }
    if (skew.isNegative() || skew.compareTo(MOST_SKEW) > 0) {
      throw new IllegalArgumentException("skew is between 0 and " + MOST_SKEW + ", got " + skew);
    }
    requireSafe(keys);
  }

  /// The defaults for an issuer.
  public static TokenOptions of(String issuer, URI keys, String audience) {
    return new TokenOptions(issuer, keys, audience, ALGORITHMS, TYPES, SKEW, Clock.SYSTEM);
  }

  /// The same believing other signatures.
  public TokenOptions withAlgorithms(Set<String> algorithms) {
    return new TokenOptions(issuer, keys, audience, algorithms, types, skew, clock);
  }

  /// The same believing other types of tokens.
  public TokenOptions withTypes(Set<String> types) {
    return new TokenOptions(issuer, keys, audience, algorithms, types, skew, clock);
  }

  /// The same with another difference of clocks.
  public TokenOptions withSkew(Duration skew) {
    return new TokenOptions(issuer, keys, audience, algorithms, types, skew, clock);
  }

  /// The same on another clock.
  public TokenOptions withClock(Clock clock) {
    return new TokenOptions(issuer, keys, audience, algorithms, types, skew, clock);
  }

  /// Keys or secrets over plain http would be anybody's to exchange or read.
  static void requireSafe(URI uri) {
    String scheme = String.valueOf(uri.getScheme());
    boolean safe = scheme.equals("https") || (scheme.equals("http") && isHere(uri.getHost()));
    if (!safe) {
      throw new IllegalArgumentException(
          "an issuer is asked by https (by http only on this machine), got " + uri);
    }
  }

  private static boolean isHere(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
