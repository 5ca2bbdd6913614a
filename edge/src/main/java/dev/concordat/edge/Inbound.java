package dev.concordat.edge;

import dev.concordat.core.Cancellation;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.core.Observation;
import dev.concordat.core.Observer.Activity;
import dev.concordat.core.Observer.Kind;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One request on its way in: strictness, route, headers, admission, body; then it leaves the event
/// loop for a thread that may wait.
///
/// Threads: the event loop of the request.
final class Inbound {
  /// How long after the deadline the edge answers itself, should the call not have come back.
  private static final Duration GRACE = Duration.ofMillis(100);

  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT");

  private final Reception reception;
  private final HttpServerRequest request;
  private final RequestHeaders headers;
  private final Reply reply;
  private final Cancellation cancellation = Cancellation.create();
  private Observation observation = Observation.NONE;
  private boolean watched;
  private boolean over;

  Inbound(Reception reception, HttpServerRequest request) {
    this.reception = reception;
    this.request = request;
    this.headers = new RequestHeaders(request.headers());
    this.reply = new Reply(request, reception.runtime());
  }

  void receive() {
    var guard = reception.runtime().guard();
    if (!guard.begin(request.remoteAddress())) {
      return;
    }
    request.response().endHandler(ended -> over());
    request.response().closeHandler(closed -> gone());
    request.response().exceptionHandler(broken -> gone());
    request.exceptionHandler(broken -> gone());
    Optional<Problem> wrong = Strictness.check(request, reception.options().limits());
    if (wrong.isPresent()) {
      reply.last();
      refuse(wrong.get());
      return;
    }
    try {
      route();
    } catch (Failure e) {
      refuse(Problem.of(e));
    }
  }

  private void over() {
    if (!over) {
      over = true;
      reception.runtime().guard().end(request.remoteAddress());
    }
  }

  private void gone() {
    over();
    cancellation.cancel(Failure.of(Code.CANCELLED, "the client has gone"));
  }

  private void route() {
    String method = request.method().name();
    String uri = request.uri();
    if (method.equals("OPTIONS") && uri.equals("*")) {
      watch(method, "");
      answerOptions(List.of());
      return;
    }
    int mark = uri.indexOf('?');
    RequestPath path = RequestPath.parse(mark < 0 ? uri : uri.substring(0, mark));
    String query = mark < 0 ? "" : uri.substring(mark + 1);
    switch (reception.routes().find(method, path)) {
      case RouteTable.Match.Found(Route route) -> {
        watch(route.name(), route.path().text());
        accept(new Addressed(route, path, query));
      }
      case RouteTable.Match.OtherMethods(var allowed) -> {
        watch(plainName(), "");
        if (method.equals("OPTIONS")) {
          answerOptions(List.copyOf(allowed));
        } else {
          String list = String.join(", ", allowed);
          refuse(
              Problem.of(
                      405,
                      Code.UNIMPLEMENTED,
                      "METHOD_NOT_ALLOWED",
                      "this path takes " + list + ", not " + Shown.of(method))
                  .withHeader("Allow", list + ", OPTIONS"));
        }
      }
      case RouteTable.Match.Nothing() -> {
        watch(plainName(), "");
        refuse(Problem.of(404, Code.NOT_FOUND, "ROUTE_UNKNOWN", "there is no such path"));
      }
    }
  }

  private void answerOptions(List<String> allowed) {
    String list = allowed.isEmpty() ? "OPTIONS" : String.join(", ", allowed) + ", OPTIONS";
    reply.empty(204, Map.of("Allow", list), observation);
    observation.close();
  }

  private String plainName() {
    String method = request.method().name();
    return METHODS.contains(method) ? method : "HTTP";
  }

  private void watch(String name, String route) {
    watched = true;
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("http.request.method", request.method().name());
    attributes.put("url.path", Shown.of(reply.instance()));
    attributes.put(
        "network.protocol.version", request.version() == HttpVersion.HTTP_2 ? "2" : "1.1");
    attributes.put("client.address", request.remoteAddress().hostAddress());
    if (!route.isEmpty()) {
      attributes.put("http.route", route);
    }
    boolean trusted =
        reception.options().trustedPeers().contains(request.remoteAddress().hostAddress());
    Context context = headers.context(reception.codec(), trusted);
    observation =
        reception.options().observer().begin(new Activity(Kind.SERVER, name, context, attributes));
  }

  /// The route is known; what is left is judged by its contract.
  private void accept(Addressed addressed) {
    Route route = addressed.route();
    List<String> offers =
        route.streams()
            ? List.of(MediaTypes.NDJSON, MediaTypes.EVENTS, MediaTypes.JSON)
            : List.of(MediaTypes.JSON);
    Optional<String> type = MediaTypes.choose(request.headers().getAll("accept"), offers);
    if (type.isEmpty()) {
      refuse(
          Problem.of(
              406,
              Code.INVALID_ARGUMENT,
              "ACCEPT_UNKNOWN",
              "this path answers with " + String.join(" or ", offers)));
      return;
    }
    Context context =
        headers
            .bearer()
            .map(observation.context()::withBearer)
            .orElse(observation.context())
            .withObservation(observation)
            .withCancellation(cancellation)
            .withDeadline(headers.deadline(route.method().policy(), reception.options()));
    Optional<String> key = headers.idempotencyKey(route.method().policy());
    long length = headers.contentLength();
    Context keyed = key.isPresent() ? context.withIdempotencyKey(key.get()) : context;
    if (reception.runtime().requests().incrementAndGet()
        > reception.options().limits().requests()) {
      reception.runtime().requests().decrementAndGet();
      refuse(
          Problem.of(
                  503, Code.UNAVAILABLE, "EDGE_OVERLOADED", "too many requests at once; try again")
              .withHeader("Retry-After", "1"));
      return;
    }
    new BodyReader(request, reception, this::refused)
        .read(addressed, length, body -> leave(addressed, type.get(), keyed, body));
  }

  private void refused(Problem problem) {
    reception.runtime().requests().decrementAndGet();
    refuse(problem);
  }

  private void refuse(Problem problem) {
    if (!watched) {
      watch(plainName(), "");
    }
    if (problem.status() >= 500) {
      observation.failed(Failure.of(problem.code(), problem.detail()));
    }
    reply.problem(problem, observation);
    observation.close();
  }

  /// On to a thread of its own, with a net below: the answer comes at the deadline at the latest.
  private void leave(Addressed addressed, String type, Context context, byte[] body) {
    var loop = Vertx.currentContext();
    var outbound =
        new Outbound(reception, new Outbound.Door(request, reply, loop, cancellation), observation);
    Deadline deadline = context.deadline().orElseThrow();
    long timer =
        reception
            .runtime()
            .vertx()
            .setTimer(
                Math.max(1, deadline.remaining().plus(GRACE).toMillis()), fired -> late(addressed));
    Runnable call =
        () -> {
          try {
            outbound.call(addressed, type, body);
          } finally {
            reception.runtime().requests().decrementAndGet();
            reception.runtime().vertx().cancelTimer(timer);
          }
        };
    try {
      context.run(() -> reception.runtime().background().start("request", call));
    } catch (Failure e) {
      reception.runtime().vertx().cancelTimer(timer);
      refused(Problem.of(e));
    }
  }

  private void late(Addressed addressed) {
    Failure failure =
        Failure.of(
            Code.DEADLINE_EXCEEDED,
            "the service did not answer within the deadline: " + addressed.route().name());
    cancellation.cancel(failure);
    if (!reply.begun()) {
      reply.problem(Problem.of(failure), observation);
    }
  }

  /// A request whose route is known.
  record Addressed(Route route, RequestPath path, String query) {}
}
