package dev.concordat.edge;

import dev.concordat.core.Failure;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Puts a request together on the wire: the body, then the query, then the path. Protobuf merges
/// what comes later over what came before, so nothing in a body can displace what the path says.
final class RequestBinding {
  private static final int MAX_PARAMETERS = 256;

  private final Transcoder transcoder;

  RequestBinding(Transcoder transcoder) {
    this.transcoder = transcoder;
  }

  /// @param query raw, without the question mark
  byte[] bind(Route route, RequestPath path, String query, byte[] body) {
    WireWriter out = new WireWriter(body.length + 64);
    byte[] message = body(route, body);
    out.append(message, 0, message.length);
    query(route, query, out);
    List<String> values = route.values(path);
    for (int i = 0; i < values.size(); i++) {
      FieldPath field = route.variables().get(i);
      JsonPath at = JsonPath.ofPath();
      at.push(field.name());
      field.write(values.get(i), out, at);
    }
    return out.toBytes();
  }

  private byte[] body(Route route, byte[] body) {
    if (body.length == 0) {
      return body;
    }
    return switch (route.body()) {
      case Route.Body.None() ->
          throw JsonPath.ofBody().refuse("body.none", "this method takes no body");
      case Route.Body.Whole() -> transcoder.toProto(body, route.types().request());
      case Route.Body.Field(SchemaField field) -> transcoder.toProto(body, field);
    };
  }

  private void query(Route route, String query, WireWriter out) {
    if (query.isEmpty()) {
      return;
    }
    String[] pairs = query.split("&", MAX_PARAMETERS + 1);
    if (pairs.length > MAX_PARAMETERS) {
      throw JsonPath.ofQuery().refuse("query.size", "more than " + MAX_PARAMETERS + " parameters");
    }
    Set<String> seen = new HashSet<>();
    for (String pair : pairs) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name =
            Percent.decode(equals < 0 ? pair : pair.substring(0, equals), true, "the query");
        String value =
            equals < 0 ? "" : Percent.decode(pair.substring(equals + 1), true, "the query");
        parameter(route, name, value, seen, out);
      }
    }
  }

  private static void parameter(
      Route route, String name, String value, Set<String> seen, WireWriter out) {
    JsonPath at = JsonPath.ofQuery();
    at.push(Shown.of(name));
    List<FieldPath> found = FieldPath.find(route.types().request(), name);
    if (found.isEmpty() || !open(route, found.getFirst())) {
      throw unknown(route, at);
    }
    FieldPath field = found.getFirst();
    if (!field.textual()) {
      throw at.refuse("query.type", "the field is an object and has no place in a query");
    }
    if (!seen.add(field.name()) && !field.leaf().repeated) {
      throw at.refuse("query.duplicate", "the parameter is given twice");
    }
    field.write(value, out, at);
  }

  /// Whether the path and the body leave the field to the query.
  private static boolean open(Route route, FieldPath field) {
    boolean inPath =
        route.variables().stream().anyMatch(variable -> variable.name().equals(field.name()));
    SchemaField top = field.messages().isEmpty() ? field.leaf() : field.messages().getFirst();
    return !inPath
        && switch (route.body()) {
          case Route.Body.None() -> true;
          case Route.Body.Whole() -> false;
          case Route.Body.Field(SchemaField body) -> body.number != top.number;
        };
  }

  private static Failure unknown(Route route, JsonPath at) {
    boolean inBody = route.body() instanceof Route.Body.Whole;
    String hint =
        inBody
            ? "; this method takes its fields in the body"
            : Names.suggest(route.types().request());
    return at.refuse("query.unknown", "unknown query parameter" + hint);
  }
}
