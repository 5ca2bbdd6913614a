package dev.concordat.edge;

import dev.concordat.core.Observation;
import dev.concordat.core.TraceContext;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/// Writes one answer to one request, once.
///
/// Threads: the event loop of the request.
final class Reply {
  private static final Duration LINGER = Duration.ofSeconds(1);

  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Reception.Running running;
  private boolean begun;
  private boolean ending;

  Reply(HttpServerRequest request, Reception.Running running) {
    this.request = request;
    this.response = request.response();
    this.running = running;
  }

  /// The connection ends with this answer: what follows on it cannot be trusted.
  void last() {
    ending = true;
  }

  /// Whether an answer was begun, or nobody is there to have one.
  boolean begun() {
    return begun || response.ended() || response.closed();
  }

  void success(int status, Map<String, String> headers, byte[] json, Observation observation) {
    send(status, headers, MediaTypes.JSON, json, observation);
  }

  void problem(Problem problem, Observation observation) {
    byte[] json = problem.json(instance(), traceId(observation));
    send(problem.status(), problem.headers(), Problem.MEDIA_TYPE, json, observation);
  }

  /// An answer without a body.
  void empty(int status, Map<String, String> headers, Observation observation) {
    if (begin(status, headers, observation)) {
      finish(response::end);
    }
  }

  /// Begins a stream.
  boolean begin(int status, Map<String, String> headers, Observation observation) {
    if (begun()) {
      return false;
    }
    begun = true;
    observation.set("http.response.status_code", Integer.toString(status));
    response.setStatusCode(status);
    headers.forEach(response::putHeader);
    response.putHeader("X-Content-Type-Options", "nosniff");
    observation
        .context()
        .trace()
        .ifPresent(trace -> {
          response.putHeader("Trace-Id", trace.traceId());
          response.putHeader("traceresponse", trace.traceparent());
        });
    ending |= running.draining().get() || unread();
    if (ending && request.version() != HttpVersion.HTTP_2) {
      response.putHeader("Connection", "close");
      running.guard().last(request.remoteAddress());
    }
    return true;
  }

  /// Where the problem has occurred: the path without the query.
  String instance() {
    String uri = request.uri();
    int end = uri.indexOf('?');
    return end < 0 ? uri : uri.substring(0, end);
  }

  static String traceId(Observation observation) {
    return observation.context().trace().map(TraceContext::traceId).orElse("");
  }

  private void send(
      int status, Map<String, String> headers, String type, byte[] body, Observation observation) {
    if (!begin(status, headers, observation)) {
      return;
    }
    response.putHeader("Content-Type", type);
    if (request.method().equals(HttpMethod.HEAD)) {
      response.putHeader("Content-Length", Integer.toString(body.length));
      finish(response::end);
    } else {
      finish(() -> response.end(Buffer.buffer(body)));
    }
  }

  /// A body that nobody will read must not be taken for the next request.
  private boolean unread() {
    String length = request.getHeader("content-length");
    boolean body =
        request.version() == HttpVersion.HTTP_2
            || request.headers().contains("transfer-encoding")
            || (length != null && !length.equals("0"));
    return body && !request.isEnded();
  }

  private void finish(Supplier<Future<Void>> end) {
    boolean unread = unread();
    var ended = end.get();
    if (request.version() == HttpVersion.HTTP_2) {
      if (unread) {
        ended.onComplete(done -> response.reset(0));
      }
    } else if (ending) {
      ended.onComplete(done -> leave());
    }
  }

  /// Closing while the client still sends would reset the connection, and the client might never
  /// see the answer; so the rest is thrown away for a moment.
  private void leave() {
    var connection = request.connection();
    if (!unread()) {
      connection.close();
      return;
    }
    request.handler(chunk -> {});
    request.endHandler(rest -> connection.close());
    running.vertx().setTimer(LINGER.toMillis(), late -> connection.close());
  }
}
