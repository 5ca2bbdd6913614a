package dev.concordat.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// One customer: fills a cart and orders it, over REST like anybody else.
final class Shopper {
  private static final Pattern PRODUCT = Pattern.compile("\"productId\":\\s*\"([^\"]+)\"");
  private static final Pattern CART = Pattern.compile("\"cartId\":\\s*\"([^\"]+)\"");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final HttpClient http;
  private final URI edge;
  private final List<String> products;

  Shopper(HttpClient http, URI edge) {
    this.http = http;
    this.edge = edge;
    String listing = send(request("/v1/products").GET().build(), 200).body();
    this.products = PRODUCT.matcher(listing).results().map(m -> m.group(1)).toList();
  }

  /// Makes a cart with one product in it.
  String fillCart(int turn) {
    String answer = send(post("/v1/carts", "{}").build(), 201).body();
    String cart =
        CART.matcher(answer)
            .results()
            .map((MatchResult m) -> m.group(1))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no cartId in " + answer));
    String product = products.get(turn % products.size());
    String line = "{\"productId\":\"%s\",\"quantity\":1}".formatted(product);
    send(post("/v1/carts/" + cart + "/items", line).build(), 200);
    return cart;
  }

  /// Orders the cart and waits for the answer.
  void order(String cart) {
    String order =
        """
        {"cartId":"%s","customerId":"bench","email":"bench@example.com","paymentToken":"tok_visa"}\
        """
            .formatted(cart);
    HttpRequest request =
        post("/v1/orders", order).header("Idempotency-Key", UUID.randomUUID().toString()).build();
    String answer = send(request, 201).body();
    if (!answer.contains("CONFIRMED")) {
      throw new IllegalStateException("expected a confirmed order, got " + answer);
    }
  }

  private HttpRequest.Builder post(String path, String json) {
    return request(path)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(json));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(edge.resolve(path)).timeout(PATIENCE);
  }

  private HttpResponse<String> send(HttpRequest request, int expected) {
    HttpResponse<String> response = exchange(request);
    if (response.statusCode() != expected) {
      throw new IllegalStateException(
          "%s %s answered %d instead of %d: %s"
              .formatted(
                  request.method(),
                  request.uri().getPath(),
                  response.statusCode(),
                  expected,
                  response.body()));
    }
    return response;
  }

  private HttpResponse<String> exchange(HttpRequest request) {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(request.uri() + " cannot be asked", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
