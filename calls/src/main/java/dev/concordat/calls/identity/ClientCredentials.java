package dev.concordat.calls.identity;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.concordat.core.Bearer;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;

/// Asks an OAuth 2.0 issuer for a token in the service's own name (grant `client_credentials`; id
/// and secret by HTTP Basic). An answer takes 5 s and 256 KiB at most; redirects are not followed.
///
/// Threads: safe for many.
///
/// Failure: `IOException`; no message holds the secret or a token.
///
/// Source: RFC 6749, 4.4.
public final class ClientCredentials implements TokenIssuer, AutoCloseable {
  /// When the issuer does not say how long its token is good.
  private static final Duration UNSAID = Duration.ofMinutes(1);

  private final URI uri;
  private final String authorization;
  private final String form;
  private final Door door = new Door();

  private ClientCredentials(URI uri, String authorization, String form) {
    this.uri = uri;
    this.authorization = authorization;
    this.form = form;
  }

  /// A client known to an issuer.
  ///
  /// @param uri the issuer's token endpoint: https, or http on this machine
  /// @param scope what the token is to allow, words separated by spaces; may be empty
  public static ClientCredentials of(URI uri, String id, String secret, String scope) {
    TokenOptions.requireSafe(uri);
    String pair = encoded(id) + ":" + encoded(secret);
    String basic =
        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    String grant = "grant_type=client_credentials";
    return new ClientCredentials(
        uri, basic, scope.isBlank() ? grant : grant + "&scope=" + encoded(scope));
  }

  @Override
  public Issued issue() throws IOException {
    try {
      Map<String, Object> answer = JSONObjectUtils.parse(door.post(uri, form, authorization));
      String token = JSONObjectUtils.getString(answer, "access_token");
      String type = JSONObjectUtils.getString(answer, "token_type");
      if (token == null || token.isBlank() || !"bearer".equalsIgnoreCase(type)) {
        throw new IOException(uri + " answered without a bearer token");
      }
      Object seconds = answer.get("expires_in");
      return new Issued(
          Bearer.of(token),
          seconds instanceof Number number ? Duration.ofSeconds(number.longValue()) : UNSAID);
    } catch (ParseException e) {
      // Without the cause: it may quote the answer.
      throw new IOException(uri + " answered something that is no token");
    }
  }

  @Override
  public void close() {
    door.close();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /// Without the secret.
  @Override
  public String toString() {
    return "ClientCredentials[" + uri + "]";
  }
}
