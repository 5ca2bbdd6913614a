package dev.concordat.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.concordat.calls.identity.TokenOptions;
import dev.concordat.calls.identity.TokenVerifier;
import dev.concordat.core.Bearer;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Fanout;
import dev.concordat.core.ManualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TokenTest {
  private final ManualClock clock = new ManualClock();
  private final Issuer issuer = new Issuer();
  private final TokenVerifier verifier = TokenVerifier.open(issuer.options(clock));

  @AfterEach
  void close() {
    verifier.close();
    issuer.close();
  }

  @Test
  void goodTokenSaysForWhom() {
    var subject = verifier.verify(issuer.token(clock.now(), "orders.read orders.write"));
    assertThat(subject.id()).isEqualTo("ada");
    assertThat(subject.issuer()).isEqualTo(Issuer.NAME);
    assertThat(subject.scopes()).containsExactlyInAnyOrder("orders.read", "orders.write");
  }

  @Test
  void scopesMayStandInAList() {
    var token = issuer.token(clock.now(), "a", claims -> claims.claim("scp", List.of("b", "c")));
    assertThat(verifier.verify(token).scopes()).containsExactlyInAnyOrder("a", "b", "c");
  }

  static Stream<Arguments> wrongClaims() {
    Instant now = new ManualClock().now();
    return Stream.of(
        wrong("TOKEN_ISSUER", c -> c.issuer("https://issuer.example/")),
        wrong("TOKEN_AUDIENCE", c -> c.audience("bank")),
        wrong("TOKEN_AUDIENCE", c -> c.audience(List.of())),
        wrong("TOKEN_EXPIRED", c -> c.expirationTime(Date.from(now.minusSeconds(31)))),
        wrong("TOKEN_EXPIRED", c -> c.expirationTime(null)),
        wrong("TOKEN_NOT_YET_VALID", c -> c.notBeforeTime(Date.from(now.plusSeconds(32)))),
        wrong("TOKEN_NOT_YET_VALID", c -> c.issueTime(Date.from(now.plusSeconds(32)))),
        wrong("TOKEN_MALFORMED", c -> c.subject(null)));
  }

  private static Arguments wrong(String reason, UnaryOperator<JWTClaimsSet.Builder> change) {
    return Arguments.of(reason, change);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongClaims")
  void refusesClaimsThatAreNotForHereAndNow(
      String reason, UnaryOperator<JWTClaimsSet.Builder> change) {
    assertRefused(reason, issuer.token(clock.now(), "", change));
  }

  @Test
  void clocksMayDifferALittle() {
    var late = clock.now().minusSeconds(29);
    verifier.verify(issuer.token(clock.now(), "", c -> c.expirationTime(Date.from(late))));
  }

  @Test
  void refusesWhatIsNotSigned() {
    String header = encoded("{\"alg\":\"none\",\"typ\":\"at+jwt\"}");
    String body = issuer.token(clock.now(), "").reveal().split("\\.", -1)[1];
    assertRefused("TOKEN_MALFORMED", Bearer.of(header + "." + body + "."));
    for (String none : List.of("none", "NONE", "HS256", "hs256")) {
      String named =
          encoded("{\"alg\":\"%s\",\"typ\":\"at+jwt\",\"kid\":\"first\"}".formatted(none));
      assertThatThrownBy(() -> verifier.verify(Bearer.of(named + "." + body + ".AAAA")))
          .isInstanceOfSatisfying(
              Failure.class, f -> assertThat(f.code()).isEqualTo(Code.UNAUTHENTICATED));
    }
  }

  /// The public key used as if it were a shared secret.
  @Test
  void refusesTheConfusionOfAlgorithms() throws Exception {
    SignedJWT forged =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.HS256)
                .keyID("first")
                .type(new JOSEObjectType("at+jwt"))
                .build(),
            SignedJWT.parse(issuer.token(clock.now(), "").reveal()).getJWTClaimsSet());
    forged.sign(new MACSigner(issuer.key.toPublicJWK().toECPublicKey().getEncoded()));
    assertRefused("TOKEN_ALGORITHM", Bearer.of(forged.serialize()));
    assertThatThrownBy(() -> issuer.options(clock).withAlgorithms(Set.of("HS256")))
        .as("nobody can turn it on")
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void sharedSecretInAPublicPlaceIsNoKey() {
    OctetSequenceKey secret =
        new OctetSequenceKey.Builder(
                "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8))
            .keyID("secret")
            .build();
    issuer.published = List.of(issuer.key, secret);
    assertRefused("TOKEN_UNKNOWN_KEY", renamed(issuer.key, "secret"));
  }

  @Test
  void refusesAnothersSignatureUnderAKnownName() {
    assertRefused("TOKEN_SIGNATURE", Issuer.signed(Issuer.newKey("first"), "at+jwt", claims()));
  }

  @Test
  void refusesWhatWasChangedAfterSigning() {
    String[] parts = issuer.token(clock.now(), "orders.read").reveal().split("\\.", -1);
    String more =
        new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)
            .replace("orders.read", "orders.root");
    assertRefused("TOKEN_SIGNATURE", Bearer.of(parts[0] + "." + encoded(more) + "." + parts[2]));
    assertRefused(
        "TOKEN_SIGNATURE", Bearer.of(parts[0] + "." + parts[1] + "." + encoded("\0".repeat(64))));
  }

  @Test
  void refusesTokensOfOtherTypesAndKeysThatTheTokenBrings() throws Exception {
    assertRefused("TOKEN_TYPE", Issuer.signed(issuer.key, "logout+jwt", claims()));
    ECKey own = Issuer.newKey("own");
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256)
                .keyID("own")
                .jwk(own.toPublicJWK())
                .jwkURL(issuer.uri("/own"))
                .type(new JOSEObjectType("at+jwt"))
                .build(),
            claims());
    jwt.sign(new com.nimbusds.jose.crypto.ECDSASigner(own));
    assertRefused("TOKEN_UNKNOWN_KEY", Bearer.of(jwt.serialize()));
  }

  @Test
  void refusesGarbage() {
    for (String garbage :
        List.of("", ".", "..", "a.b.c", "a.b.c.d.e", encoded("{}") + "." + encoded("{}") + ".x")) {
      assertRefused("TOKEN_MALFORMED", Bearer.of(garbage));
    }
    assertRefused("TOKEN_TOO_LONG", Bearer.of("a".repeat(TokenVerifier.LONGEST + 1)));
  }

  @Test
  void newKeyIsFetchedOnceForAllWhoWait() {
    verifier.verify(issuer.token(clock.now(), ""));
    int before = issuer.asked.get();
    issuer.key = Issuer.newKey("second");
    issuer.published = List.of(issuer.key);
    clock.advance(Duration.ofSeconds(11));
    Bearer token = issuer.token(clock.now(), "");
    Fanout.each(Collections.nCopies(20, token), verifier::verify);
    assertThat(issuer.asked).hasValue(before + 1);
  }

  @Test
  void inventedNamesOfKeysDoNotHammerTheIssuer() {
    verifier.verify(issuer.token(clock.now(), ""));
    int before = issuer.asked.get();
    for (int i = 0; i < 50; i++) {
      assertRefused("TOKEN_UNKNOWN_KEY", renamed(issuer.key, "invented-" + i));
    }
    assertThat(issuer.asked.get() - before).isLessThanOrEqualTo(1);
  }

  @Test
  void keysStayWhileTheIssuerIsDown() throws InterruptedException {
    verifier.verify(issuer.token(clock.now(), ""));
    issuer.status = 503;
    refreshed();
    verifier.verify(issuer.token(clock.now(), ""));
    issuer.status = 200;
    issuer.padding = " ".repeat(300 * 1024);
    refreshed();
    verifier.verify(issuer.token(clock.now(), ""));
    issuer.padding = "";
    issuer.published = List.of();
    refreshed();
    verifier.verify(issuer.token(clock.now(), ""));
  }

  @Test
  void keyThatIsNoLongerPublishedIsForgotten() throws InterruptedException {
    verifier.verify(issuer.token(clock.now(), ""));
    issuer.published = List.of(Issuer.newKey("second"));
    refreshed();
    assertRefused("TOKEN_UNKNOWN_KEY", issuer.token(clock.now(), ""));
  }

  @Test
  void withoutAnyKeyNothingIsSaidAboutTheToken() {
    issuer.close();
    try (TokenVerifier lonely = TokenVerifier.open(issuer.options(clock))) {
      assertThatThrownBy(() -> lonely.verify(issuer.token(clock.now(), "")))
          .isInstanceOfSatisfying(
              Failure.class,
              failure -> {
                assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
                assertThat(failure.details().reason()).isEqualTo("KEYS_UNAVAILABLE");
              });
    }
  }

  @Test
  void issuerIsAskedByHttpsOnly() {
    assertThatThrownBy(
            () -> TokenOptions.of("i", java.net.URI.create("http://192.0.2.1/keys"), "a"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /// The five minutes after which keys are looked at again have passed, and they were.
  private void refreshed() throws InterruptedException {
    int before = issuer.asked.get();
    clock.awaitSleepers(1);
    clock.advance(Duration.ofMinutes(5));
    Eventually.holds("keys are asked for again", () -> issuer.asked.get() > before);
    clock.awaitSleepers(1);
  }

  private JWTClaimsSet claims() {
    try {
      return SignedJWT.parse(issuer.token(clock.now(), "").reveal()).getJWTClaimsSet();
    } catch (java.text.ParseException e) {
      throw new IllegalStateException(e);
    }
  }

  private Bearer renamed(ECKey key, String name) {
    return Issuer.signed(new ECKey.Builder(key).keyID(name).build(), "at+jwt", claims());
  }

  private static String encoded(String text) {
    return Base64URL.encode(text).toString();
  }

  private void assertRefused(String reason, Bearer token) {
    assertThatThrownBy(() -> verifier.verify(token))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.details().reason()).isEqualTo(reason);
              assertThat(failure.code()).isEqualTo(Code.UNAUTHENTICATED);
              assertThat(failure.toString() + failure.getCause())
                  .as("the token is not quoted")
                  .doesNotContain(token.reveal().length() > 40 ? token.reveal() : "\0");
            });
  }
}
