package dev.concordat.calls.identity;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// An issuer's HTTP door: 5 s for all of an answer, 256 KiB of it, no redirects.
final class Door implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration ALL = Duration.ofSeconds(5);
  private static final long LARGEST = 256 * 1024;

  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  String get(URI uri) throws IOException {
    return ask(HttpRequest.newBuilder(uri).GET().header("accept", "application/json").build());
  }

  /// @param form already encoded
  String post(URI uri, String form, String authorization) throws IOException {
    return ask(
        HttpRequest.newBuilder(uri)
            .header("accept", "application/json")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("authorization", authorization)
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build());
  }

  private String ask(HttpRequest request) throws IOException {
    CompletableFuture<HttpResponse<String>> asked =
        http.sendAsync(
            request,
            HttpResponse.BodyHandlers.limiting(
                HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8), LARGEST));
    try {
      // Not the request's own timeout: that ends with the headers, and a body may trickle for ever.
      HttpResponse<String> response = asked.get(ALL.toMillis(), TimeUnit.MILLISECONDS);
      if (response.statusCode() != 200) {
        throw new IOException(request.uri() + " answered " + response.statusCode());
      }
      return response.body();
    } catch (TimeoutException e) {
      throw new IOException(request.uri() + " did not answer within " + ALL.toSeconds() + " s");
    } catch (ExecutionException e) {
      throw new IOException(request.uri() + " cannot be asked: " + e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while asking " + request.uri());
    } finally {
      asked.cancel(true);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
