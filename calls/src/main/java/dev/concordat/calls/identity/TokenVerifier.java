package dev.concordat.calls.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.concordat.core.Bearer;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Subject;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Verifies end users' tokens: signed JWTs of one issuer, by the keys that it publishes.
///
/// A token is believed when its type and signature are among the named ones, a published key of the
/// same kind has made the signature, and issuer, audience and times are right. Its scopes are the
/// words of `scope` and `scp`.
///
/// Threads: safe for many.
///
/// Failure: [Failure] with `UNAUTHENTICATED` and a reason that begins with `TOKEN_`; `UNAVAILABLE`
/// (`KEYS_UNAVAILABLE`) when the issuer's keys were never to be had. No message quotes the token.
///
/// Sources: RFC 7519, RFC 8725 (best current practices), RFC 9068.
public final class TokenVerifier implements AutoCloseable {
  /// The longest token, in characters; with the headers' limit above it.
  public static final int LONGEST = 8 * 1024;

  private static final int SHORTEST_RSA_BITS = 2_048;

  private final TokenOptions options;
  private final IssuerKeys keys;

  private TokenVerifier(TokenOptions options) {
    this.options = options;
    this.keys = new IssuerKeys(options.keys(), options.clock());
  }

  /// Begins to fetch the issuer's keys; does not wait for them.
  public static TokenVerifier open(TokenOptions options) {
    return new TokenVerifier(options);
  }

  /// Whom the token speaks for.
  public Subject verify(Bearer bearer) {
    String token = bearer.reveal();
    if (token.length() > LONGEST) {
      throw refused("TOKEN_TOO_LONG", "is longer than " + LONGEST + " characters");
    }
    try {
      SignedJWT jwt = SignedJWT.parse(token);
      requireHeader(jwt.getHeader());
      requireSignature(jwt);
      return subject(jwt.getJWTClaimsSet());
    } catch (ParseException | RuntimeException e) {
      throw e instanceof Failure failure ? failure : malformed();
    }
  }

  /// Fetches keys no more.
  @Override
  public void close() {
    keys.close();
  }

  private void requireHeader(JWSHeader header) {
    if (!options.algorithms().contains(header.getAlgorithm().getName())) {
      throw refused("TOKEN_ALGORITHM", "is not signed by one of " + options.algorithms());
    }
    String type = header.getType() == null ? "" : header.getType().getType();
    if (options.types().stream().noneMatch(type::equalsIgnoreCase)) {
      throw refused("TOKEN_TYPE", "is not of one of the types " + options.types());
    }
    if (header.getCriticalParams() != null && !header.getCriticalParams().isEmpty()) {
      throw refused("TOKEN_MALFORMED", "asks to understand what is not understood here (crit)");
    }
  }

  private void requireSignature(SignedJWT jwt) {
    String name = jwt.getHeader().getKeyID() == null ? "" : jwt.getHeader().getKeyID();
    JWK key = keys.find(name).orElseThrow(this::unknownKey);
    try {
      if (!jwt.verify(verifier(key, jwt.getHeader()))) {
        throw refused("TOKEN_SIGNATURE", "was not signed by its issuer");
      }
    } catch (JOSEException e) {
      throw refused("TOKEN_SIGNATURE", "was not signed in the way of its issuer's key");
    }
  }

  /// Which verifier is the key's to say: a token that names another algorithm than the key is for
  /// must not choose how it is judged.
  private static JWSVerifier verifier(JWK key, JWSHeader header) throws JOSEException {
    if (key.getAlgorithm() != null && !key.getAlgorithm().equals(header.getAlgorithm())) {
      throw refused("TOKEN_ALGORITHM", "is signed by another algorithm than its key is for");
    }
    return switch (key) {
      case RSAKey rsa when rsa.size() >= SHORTEST_RSA_BITS -> new RSASSAVerifier(rsa);
      case ECKey ec -> new ECDSAVerifier(ec);
      default -> throw refused("TOKEN_SIGNATURE", "was signed by a kind of key that is not used");
    };
  }

  private Failure unknownKey() {
    return keys.any()
        ? refused("TOKEN_UNKNOWN_KEY", "was signed by a key that its issuer does not publish")
        : Failure.of(Code.UNAVAILABLE, "the keys of " + options.issuer() + " cannot be had")
            .with(Failure.Details.NONE.withDecidedBy("identity").withReason("KEYS_UNAVAILABLE"));
  }

  private Subject subject(JWTClaimsSet claims) throws ParseException {
    if (!options.issuer().equals(claims.getIssuer())) {
      throw refused("TOKEN_ISSUER", "is not from " + options.issuer());
    }
    if (!claims.getAudience().contains(options.audience())) {
      throw refused("TOKEN_AUDIENCE", "is not meant for " + options.audience());
    }
    requireTimes(claims);
    String id = claims.getSubject();
    if (id == null || id.isBlank()) {
      throw refused("TOKEN_MALFORMED", "names no subject (sub)");
    }
    return new Subject(id, options.issuer(), scopes(claims));
  }

  private void requireTimes(JWTClaimsSet claims) {
    Instant now = options.clock().now();
    Duration skew = options.skew();
    if (claims.getExpirationTime() == null) {
      throw refused("TOKEN_EXPIRED", "never expires (no exp)");
    }
    if (!now.isBefore(claims.getExpirationTime().toInstant().plus(skew))) {
      throw refused("TOKEN_EXPIRED", "has expired");
    }
    for (Date begin : new Date[] {claims.getNotBeforeTime(), claims.getIssueTime()}) {
      if (begin != null && now.plus(skew).isBefore(begin.toInstant())) {
        throw refused("TOKEN_NOT_YET_VALID", "is not valid yet");
      }
    }
  }

  private static Set<String> scopes(JWTClaimsSet claims) throws ParseException {
    Set<String> scopes = new HashSet<>();
    for (String name : List.of("scope", "scp")) {
      Object claim = claims.getClaim(name);
      if (claim instanceof String text) {
        scopes.addAll(Arrays.asList(text.split(" ", -1)));
      } else if (claim != null) {
        scopes.addAll(claims.getStringListClaim(name));
      }
    }
    scopes.remove("");
    return scopes;
  }

  private static Failure malformed() {
    return refused("TOKEN_MALFORMED", "is no signed JWT");
  }

  private static Failure refused(String reason, String what) {
    return Failure.of(Code.UNAUTHENTICATED, "the token " + what)
        .with(Failure.Details.NONE.withDecidedBy("identity").withReason(reason));
  }
}
