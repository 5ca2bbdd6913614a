package dev.concordat.calls.rest;

import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/// How connections are made.
///
/// @param connectTimeout for the connection and its TLS handshake; default 2 s, and never beyond
///   the deadline
/// @param http2 whether HTTP/2 is offered within TLS; default yes. Without TLS it is HTTP/1.1
/// @param redirects whether redirects are followed; default never: an answer of 3xx is a failure.
///   When they are, everything but `Authorization`, `Cookie`, `Origin` and `Referer` goes along to
///   wherever they lead
/// @param tls our certificate and whom we trust, asked once for each address; default the JDK's
/// @param proxy the way out; default straight, whatever the system properties say
public record HttpOptions(
    Duration connectTimeout,
    boolean http2,
    HttpClient.Redirect redirects,
    Optional<Supplier<SSLContext>> tls,
    Optional<ProxySelector> proxy) {
  /// The defaults named above.
  public static final HttpOptions DEFAULT =
      new HttpOptions(
          Duration.ofSeconds(2),
          true,
          HttpClient.Redirect.NEVER,
          Optional.empty(),
          Optional.empty());

  /// Checks the timeout.
  public HttpOptions {
    if (!connectTimeout.isPositive()) {
      throw new IllegalArgumentException("the time to connect is positive, got " + connectTimeout);
    }
  }

  /// The same with another time to connect.
  public HttpOptions withConnectTimeout(Duration connectTimeout) {
    return new HttpOptions(connectTimeout, http2, redirects, tls, proxy);
  }

  /// The same with or without HTTP/2.
  public HttpOptions withHttp2(boolean http2) {
    return new HttpOptions(connectTimeout, http2, redirects, tls, proxy);
  }

  /// The same following redirects, or not.
  public HttpOptions withRedirects(HttpClient.Redirect redirects) {
    return new HttpOptions(connectTimeout, http2, redirects, tls, proxy);
  }

  /// The same with these certificates.
  public HttpOptions withTls(Supplier<SSLContext> tls) {
    return new HttpOptions(connectTimeout, http2, redirects, Optional.of(tls), proxy);
  }

  /// The same through a proxy.
  public HttpOptions withProxy(ProxySelector proxy) {
    return new HttpOptions(connectTimeout, http2, redirects, tls, Optional.of(proxy));
  }
}
