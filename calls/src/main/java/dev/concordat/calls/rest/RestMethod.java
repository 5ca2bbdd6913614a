package dev.concordat.calls.rest;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.concordat.contract.Method;
import dev.concordat.contract.Route;
import dev.concordat.contract.Safety;
import dev.concordat.contract.Shape;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A method as its `google.api.http` rules map it.
///
/// Threads: immutable.
final class RestMethod {
  private final Method<?, ?> method;
  private final Json json;
  private final List<RestRoute> routes = new ArrayList<>();

  /// @throws IllegalArgumentException when it cannot be called over REST, with the remedy
  RestMethod(Method<?, ?> method, JsonStyle style) {
    this.method = method;
    this.json = new Json(method, style);
    if (method.shape() != Shape.UNARY && method.shape() != Shape.SERVER_STREAMING) {
      throw refused("takes a stream, which HTTP and JSON cannot carry; call it over gRPC");
    }
    List<Route> all;
    try {
      all = Route.of(method.descriptor());
      all.forEach(
          route -> routes.add(new RestRoute(route, method.descriptor().getInputType(), json)));
    } catch (IllegalArgumentException e) {
      throw refused("has a route that cannot be called: " + e.getMessage());
    }
    if (all.isEmpty()) {
      throw refused("has no google.api.http rule; add one, for example {get: \"/v1/things/{id}\"}");
    }
    for (RestRoute route : routes) {
      boolean answer = !route.responseBody().isEmpty();
      if (answer && answerField(route) == null) {
        throw refused("has a response_body that is no field: " + route.responseBody());
      }
      boolean get = route.verb().equals("GET") || route.verb().equals("HEAD");
      if (get && method.policy().safety() == Safety.UNSAFE) {
        throw refused(
            "is a "
                + route.verb()
                + ", which anybody on the way may repeat, but the contract does not say that this"
                + " is safe; add idempotency_level = NO_SIDE_EFFECTS, or use POST");
      }
    }
  }

  Method<?, ?> method() {
    return method;
  }

  /// A request, on the first route that has a place for all of it.
  Chosen request(byte[] proto) {
    Message message = read(proto);
    List<String> why = new ArrayList<>();
    for (RestRoute route : routes) {
      try {
        return new Chosen(route, route.request(message));
      } catch (Unfit e) {
        why.add(e.why());
      }
    }
    throw Failure.of(Code.INVALID_ARGUMENT, method + " cannot be sent: " + String.join("; ", why))
        .with(Failure.Details.NONE.withDecidedBy("wire").withReason("REQUEST_UNFIT"));
  }

  /// A request and the route that it takes.
  final class Chosen {
    private final RestRoute route;
    private final RestRequest request;

    private Chosen(RestRoute route, RestRequest request) {
      this.route = route;
      this.request = request;
    }

    RestRequest request() {
      return request;
    }

    /// An answer's bytes in protobuf.
    ///
    /// @throws InvalidProtocolBufferException when the text is not what the contract says
    byte[] answer(String text) throws InvalidProtocolBufferException {
      Message.Builder answer = method.response().newBuilderForType();
      FieldDescriptor field = answerField(route);
      if (field == null) {
        json.read(text, answer);
      } else {
        json.read(text, field, answer);
      }
      return answer.buildPartial().toByteArray();
    }
  }

  private @Nullable FieldDescriptor answerField(RestRoute route) {
    return method.descriptor().getOutputType().findFieldByName(route.responseBody());
  }

  private Message read(byte[] proto) {
    try {
      return method.request().getParserForType().parseFrom(proto);
    } catch (InvalidProtocolBufferException e) {
      throw Failure.of(
              Code.INVALID_ARGUMENT,
              "the bytes to send are no " + method.descriptor().getInputType().getFullName(),
              e)
          .with(Failure.Details.NONE.withDecidedBy("wire").withReason("MALFORMED_MESSAGE"));
    }
  }

  private IllegalArgumentException refused(String why) {
    return new IllegalArgumentException(method + " " + why);
  }
}
