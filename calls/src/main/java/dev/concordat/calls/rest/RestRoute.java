package dev.concordat.calls.rest;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.concordat.contract.PathTemplate;
import dev.concordat.contract.PathTemplate.Segment;
import dev.concordat.contract.PathTemplate.Variable;
import dev.concordat.contract.Route;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One of a method's routes: puts a request into path, query and body.
///
/// Source: `google/api/http.proto`.
final class RestRoute {
  private static final int MAX_TARGET = 8_000;

  private final Route route;
  private final Json json;
  private final Map<Integer, Variable> variables;
  private final Map<Variable, FieldAt> fields;
  private final @Nullable FieldDescriptor body;

  /// @throws IllegalArgumentException when the route cannot be called
  RestRoute(Route route, Descriptor request, Json json) {
    this.route = route;
    this.json = json;
    PathTemplate path = route.path();
    this.variables =
        path.variables().stream().collect(Collectors.toMap(Variable::from, variable -> variable));
    this.fields =
        path.variables().stream()
            .collect(
                Collectors.toMap(
                    variable -> variable, variable -> FieldAt.of(request, variable.field())));
    boolean one = !route.body().isEmpty() && !route.body().equals("*");
    this.body = one ? request.findFieldByName(route.body()) : null;
    if (one && body == null) {
      throw new IllegalArgumentException(
          "body names no field of " + request.getFullName() + ": " + route.body());
    }
    if (!route.body().isEmpty() && (route.verb().equals("GET") || route.verb().equals("HEAD"))) {
      throw new IllegalArgumentException("a " + route.verb() + " carries no body");
    }
    if (!route.verb().matches("[A-Za-z]{1,20}") || route.verb().equalsIgnoreCase("CONNECT")) {
      throw new IllegalArgumentException(
          "\"" + route.verb() + "\" is no HTTP method that a client can use");
    }
    for (int i = 0; i < path.segments().size(); i++) {
      boolean literal = path.segments().get(i) instanceof Segment.Literal;
      int at = i;
      boolean bound = path.variables().stream().anyMatch(v -> v.from() <= at && at < v.to());
      if (!literal && !bound) {
        throw new IllegalArgumentException(
            path.text() + " has a wildcard that no field fills; bind it: {field=*}");
      }
    }
  }

  String verb() {
    return route.verb();
  }

  String responseBody() {
    return route.responseBody();
  }

  /// The request on this route.
  ///
  /// @throws Unfit when it has no place for something
  RestRequest request(Message message) throws Unfit {
    StringBuilder target = new StringBuilder(path(message));
    Message.Builder rest = message.toBuilder();
    fields.values().forEach(field -> field.clear(rest));
    Optional<String> content = Optional.empty();
    if (route.body().equals("*")) {
      content = Optional.of(json.print(rest.build()));
    } else {
      if (body != null) {
        content = Optional.of(json.print(message, body));
        rest.clearField(body);
      }
      String query = Query.of(rest.build(), json);
      target.append(query.isEmpty() ? "" : "?").append(query);
    }
    if (target.length() > MAX_TARGET) {
      throw new Unfit("path and query have more than " + MAX_TARGET + " characters");
    }
    return new RestRequest(route.verb(), route.path().text(), target.toString(), content);
  }

  private String path(Message message) throws Unfit {
    List<Segment> segments = route.path().segments();
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < segments.size(); i++) {
      Variable variable = variables.get(i);
      if (variable != null) {
        path.append(value(variable, message));
        i = variable.to() - 1;
      } else if (segments.get(i) instanceof Segment.Literal(String text)) {
        path.append('/').append(text);
      }
    }
    route.path().verb().ifPresent(verb -> path.append(':').append(verb));
    return path.toString();
  }

  private String value(Variable variable, Message message) throws Unfit {
    FieldAt field = fields.get(variable);
    String value = field == null ? "" : field.text(message).orElse("");
    List<Segment> pattern = route.path().segments().subList(variable.from(), variable.to());
    if (pattern.equals(List.of(new Segment.Any()))) {
      return "/" + UrlText.segment(value, variable.field());
    }
    String[] parts = value.split("/", -1);
    boolean open = pattern.getLast() instanceof Segment.Rest;
    int fixed = open ? pattern.size() - 1 : pattern.size();
    if (parts.length < fixed || (!open && parts.length > fixed)) {
      throw unlike(variable);
    }
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < parts.length; i++) {
      boolean same =
          i >= fixed
              || !(pattern.get(i) instanceof Segment.Literal(String text))
              || text.equals(parts[i]);
      if (!same) {
        throw unlike(variable);
      }
      path.append('/').append(UrlText.segment(parts[i], variable.field()));
    }
    return path.toString();
  }

  private Unfit unlike(Variable variable) {
    return new Unfit(variable.field() + " does not look as " + route.path().text() + " wants it");
  }
}
