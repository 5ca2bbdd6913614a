package dev.concordat.edge;

import dev.concordat.calls.Answer;
import dev.concordat.calls.RawCaller;
import dev.concordat.core.Cancellation;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Observation;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerRequest;
import java.util.LinkedHashMap;
import java.util.Map;

/// One request on its way through: to the wire, to the service, and back as JSON.
///
/// Threads: a virtual one, that waits for the service; answers are written on the event loop.
final class Outbound {
  private final Reception reception;
  private final Door door;
  private final Observation observation;

  /// Where the answer goes.
  ///
  /// @param loop the event loop
  /// @param cancellation comes when the client goes
  record Door(HttpServerRequest request, Reply reply, Context loop, Cancellation cancellation) {}

  Outbound(Reception reception, Door door, Observation observation) {
    this.reception = reception;
    this.door = door;
    this.observation = observation;
  }

  void call(Inbound.Addressed addressed, String type, byte[] body) {
    try (observation) {
      Route route = addressed.route();
      byte[] message =
          new RequestBinding(reception.transcoder())
              .bind(route, addressed.path(), addressed.query(), body);
      RawCaller upstream = reception.upstreams().apply(route.method().owner());
      if (route.streams()) {
        new StreamReply(reception, door, observation, type).stream(route, upstream, message);
      } else {
        unary(route, upstream.unary(route.method(), message));
      }
    } catch (Failure e) {
      failed(addressed.route(), e);
    } catch (RuntimeException e) {
      failed(addressed.route(), Failure.of(Code.INTERNAL, "the edge failed", e));
    }
  }

  /// The service speaks of fields as the contract names them; the client knows JSON's names. What
  /// the edge itself has found is in JSON's names already.
  static Problem problem(Route route, Failure failure) {
    Problem problem = Problem.of(failure);
    return failure.details().decidedBy().equals("edge")
        ? problem
        : problem.inJson(route.types().request());
  }

  private void unary(Route route, Answer answer) {
    byte[] json = json(route, answer.message());
    Map<String, String> headers = new LinkedHashMap<>();
    if (answer.replayed()) {
      headers.put("Idempotency-Replayed", "true");
    }
    String location =
        route
            .types()
            .created()
            .map(created -> created.location(answer.message(), route.types().response()))
            .orElse("");
    if (!location.isEmpty()) {
      headers.put("Location", location);
      observation.set("http.response.header.location", location);
    }
    int status = location.isEmpty() ? 200 : 201;
    door.loop().runOnContext(on -> door.reply().success(status, headers, json, observation));
  }

  private byte[] json(Route route, byte[] message) {
    Schema response = route.types().response();
    return route
        .answer()
        .map(field -> reception.transcoder().toJson(message, response, field))
        .orElseGet(() -> reception.transcoder().toJson(message, response));
  }

  private void failed(Route route, Failure failure) {
    Problem problem = problem(route, failure);
    if (problem.status() >= 500) {
      observation.failed(failure);
    }
    door.loop().runOnContext(on -> door.reply().problem(problem, observation));
  }
}
