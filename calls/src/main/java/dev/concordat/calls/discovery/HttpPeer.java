package dev.concordat.calls.discovery;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// A source of addresses that is asked over HTTP: every question has an end and every answer a
/// largest size. Of several servers the next one is asked when one does not answer.
///
/// Threads: safe for many.
final class HttpPeer implements AutoCloseable {
  private final List<URI> servers;
  private final LookOptions options;
  private final Optional<Path> authorities;
  private final AtomicInteger turn = new AtomicInteger();
  private @Nullable HttpClient client;
  private byte[] trusted = {};
  private boolean closed;

  /// @param authorities PEM file of the certificates to trust instead of the JDK's; read anew when
  ///   it has changed
  HttpPeer(List<URI> servers, LookOptions options, Optional<Path> authorities) {
    this.servers = List.copyOf(servers);
    this.options = options;
    this.authorities = authorities;
  }

  /// What came back.
  record Reply(int status, HttpHeaders headers, String body) {
    String header(String name) {
      return headers.firstValue(name).orElse("");
    }
  }

  /// Asks, and waits for the whole answer.
  ///
  /// @param path with query, from the root of the server
  /// @param body JSON, or empty for none
  /// @param patience how long the server may take
  Reply ask(String method, String path, Map<String, String> headers, String body, Duration patience)
      throws InterruptedException {
    HttpResponse<String> response =
        send(
            request(method, path, headers, body),
            BodyHandlers.limiting(
                BodyHandlers.ofString(StandardCharsets.UTF_8), options.answerBytes()),
            patience);
    return new Reply(response.statusCode(), response.headers(), response.body());
  }

  /// Asks for what has no end. Only the head of the answer is waited for.
  HttpResponse<Lines> follow(String path, Map<String, String> headers) throws InterruptedException {
    return send(
        request("GET", path, headers, ""),
        head -> new Lines(options.answerBytes()),
        options.timeout());
  }

  /// The server that is asked at the moment.
  URI server() {
    return servers.get(Math.floorMod(turn.get(), servers.size()));
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (client != null) {
      client.shutdownNow();
    }
  }

  private HttpRequest request(
      String method, String path, Map<String, String> headers, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server().resolve(path))
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .header("accept", "application/json");
    if (!body.isEmpty()) {
      request.header("content-type", "application/json");
    }
    headers.forEach(request::header);
    return request.build();
  }

  private <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler, Duration patience)
      throws InterruptedException {
    CompletableFuture<HttpResponse<T>> answer = client().sendAsync(request, handler);
    try {
      return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw e;
    } catch (TimeoutException e) {
      answer.cancel(true);
      turn.incrementAndGet();
      throw unavailable(request, "has not answered within " + patience.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      turn.incrementAndGet();
      throw unavailable(request, "cannot be reached or breaks off: " + e.getCause(), e);
    }
  }

  private static Failure unavailable(HttpRequest request, String why, Exception cause) {
    return Failure.of(Code.UNAVAILABLE, request.uri().getAuthority() + " " + why, cause);
  }

  private synchronized HttpClient client() {
    if (closed) {
      throw Failure.of(Code.UNAVAILABLE, "closed");
    }
    byte[] now = authorities.map(HttpPeer::read).orElse(trusted);
    if (client == null || !Arrays.equals(now, trusted)) {
      HttpClient before = client;
      client = connect(now);
      trusted = now;
      if (before != null) {
        before.shutdown();
      }
    }
    return client;
  }

  private HttpClient connect(byte[] certificates) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(options.timeout());
    if (certificates.length > 0) {
      builder.sslContext(trusting(certificates));
    }
    return builder.build();
  }

  private SSLContext trusting(byte[] certificates) {
    try (InputStream in = new ByteArrayInputStream(certificates)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("authority-" + store.size(), one);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(null, trust.getTrustManagers(), null);
      return tls;
    } catch (IOException | GeneralSecurityException e) {
      throw Failure.of(
          Code.FAILED_PRECONDITION, "no certificates can be read from " + authorities.get(), e);
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw Failure.of(Code.FAILED_PRECONDITION, file + " cannot be read", e);
    }
  }
}
