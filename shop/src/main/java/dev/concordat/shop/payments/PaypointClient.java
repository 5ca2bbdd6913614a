package dev.concordat.shop.payments;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.core.Observation;
import dev.concordat.core.Observer;
import dev.concordat.shop.paypoint.v1.Charge;
import dev.concordat.shop.paypoint.v1.LedgerPage;
import dev.concordat.shop.paypoint.v1.NewCharge;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/// Speaks with the payment company over its REST interface.
///
/// Every request ends with the current deadline, or after 3 seconds when there is none, and is seen
/// in the trace. Of our context only the place in the trace goes out of the house.
///
/// Threads: safe for many.
///
/// Failure: `DEADLINE_EXCEEDED` when there was no answer in time, `UNAVAILABLE` when the company
/// could not be reached or was busy: then nobody knows whether the request had its effect.
final class PaypointClient implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Duration WAY_BACK = Duration.ofMillis(20);
  private static final Duration CONNECT = Duration.ofSeconds(1);

  private final URI company;
  private final Observer observer;
  private final Clock clock;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build();

  /// @param address `host:port`
  PaypointClient(String address, Observer observer, Clock clock) {
    this.company = URI.create("http://" + address);
    this.observer = observer;
    this.clock = clock;
  }

  /// Asks to take money. A second charge of the same reference is the first one.
  Charge charge(NewCharge charge) {
    return charged(send("POST /charges", post("/charges", json(charge), charge.getReference())));
  }

  /// Stops a charge, also one that is under way or has not arrived; money that was taken goes back.
  Charge stop(String reference) {
    String path = "/charges/" + escaped(reference) + "/void";
    return charged(send("POST /charges/{reference}/void", post(path, "{}", reference + "/void")));
  }

  /// Gives back money that was taken.
  Charge refund(String reference) {
    String path = "/charges/" + escaped(reference) + "/refund";
    return charged(
        send("POST /charges/{reference}/refund", post(path, "{}", reference + "/refund")));
  }

  /// A page of the company's books.
  LedgerPage ledger(String after) {
    HttpRequest.Builder request = HttpRequest.newBuilder(at("/ledger?after=" + escaped(after)));
    HttpResponse<String> response = send("GET /ledger", request);
    if (response.statusCode() != 200) {
      throw refused(response);
    }
    return parsed(response.body(), LedgerPage.newBuilder()).build();
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private HttpRequest.Builder post(String path, String body, String key) {
    return HttpRequest.newBuilder(at(path))
        .header("Content-Type", "application/json")
        .header("Idempotency-Key", key)
        .POST(BodyPublishers.ofString(body));
  }

  private HttpResponse<String> send(String name, HttpRequest.Builder request) {
    Context context = Context.current();
    var activity =
        new Observer.Activity(
            Observer.Kind.CLIENT,
            name,
            context,
            Map.of(
                "http.request.method", name.substring(0, name.indexOf(' ')),
                "url.template", name.substring(name.indexOf(' ') + 1),
                "server.address", company.getHost(),
                "server.port", Integer.toString(company.getPort()),
                "peer.service", "paypoint"));
    try (Observation observation = observer.begin(activity)) {
      observation.context().trace().ifPresent(t -> request.header("traceparent", t.traceparent()));
      Duration left =
          context
              .deadline()
              .orElseGet(() -> Deadline.after(PATIENCE, clock))
              .minus(WAY_BACK)
              .remaining();
      try {
        HttpResponse<String> response = exchange(request, left);
        observation.set("http.response.status_code", Integer.toString(response.statusCode()));
        return response;
      } catch (Failure failure) {
        observation.failed(failure);
        throw failure;
      }
    }
  }

  private HttpResponse<String> exchange(HttpRequest.Builder request, Duration left) {
    if (left.isZero()) {
      throw Failure.of(Code.DEADLINE_EXCEEDED, "no time is left to ask the payment company");
    }
    try {
      return http.send(request.timeout(left).build(), BodyHandlers.ofString());
    } catch (HttpTimeoutException e) {
      throw Failure.of(Code.DEADLINE_EXCEEDED, "the payment company did not answer in time", e);
    } catch (IOException e) {
      throw Failure.of(Code.UNAVAILABLE, "the payment company cannot be reached", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.of(Code.CANCELLED, "interrupted while asking the payment company", e);
    }
  }

  private static Charge charged(HttpResponse<String> response) {
    return switch (response.statusCode()) {
      case 200, 201, 202, 402, 409 -> parsed(response.body(), Charge.newBuilder()).build();
      default -> throw refused(response);
    };
  }

  private static Failure refused(HttpResponse<String> response) {
    int status = response.statusCode();
    boolean busy = status == 429 || status >= 500;
    return busy
        ? Failure.of(Code.UNAVAILABLE, "the payment company is busy (" + status + ")")
        : Failure.of(Code.INTERNAL, "the payment company refused the request (" + status + ")");
  }

  private URI at(String path) {
    return URI.create(company + path);
  }

  private static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String json(Message message) {
    try {
      return JsonFormat.printer().omittingInsignificantWhitespace().print(message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a charge has no Any in it", e);
    }
  }

  private static <B extends Message.Builder> B parsed(String body, B into) {
    try {
      // They may add fields to their answers whenever they like.
      JsonFormat.parser().ignoringUnknownFields().merge(body, into);
      return into;
    } catch (InvalidProtocolBufferException e) {
      throw Failure.of(Code.INTERNAL, "the payment company's answer cannot be understood", e);
    }
  }
}
