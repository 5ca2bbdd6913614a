package dev.concordat.edge;

import dev.concordat.contract.Method;
import dev.concordat.edge.PathTemplate.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One way into a method: HTTP method, path, and where the parts of the request go.
///
/// @param httpMethod upper case; `*` is any
/// @param path the path
/// @param method what is called
/// @param variables what the path's variables are, in its order
/// @param body what the body is
/// @param types the request and the response
/// @param answer the field of the response that is the answer's body; empty for all of it
record Route(
    String httpMethod,
    PathTemplate path,
    Method<?, ?> method,
    List<FieldPath> variables,
    Body body,
    Types types,
    Optional<SchemaField> answer) {

  /// What the body of a request is.
  sealed interface Body {
    /// There is none.
    record None() implements Body {}

    /// All fields that the path does not hold.
    record Whole() implements Body {}

    /// One field.
    record Field(SchemaField field) implements Body {}
  }

  /// The request, the response, and where a created thing is found.
  record Types(Schema request, Schema response, Optional<Created> created) {}

  Route {
    variables = List.copyOf(variables);
  }

  /// `POST /v1/orders`, low in cardinality: what traces and metrics call it.
  String name() {
    return httpMethod + " " + path.text();
  }

  boolean streams() {
    return method.descriptor().isServerStreaming();
  }

  /// The values of the variables in a path that has matched.
  List<String> values(RequestPath request) {
    List<String> values = new ArrayList<>(path.variables().size());
    for (Variable variable : path.variables()) {
      int to = variable.to() < 0 ? request.segments().size() : variable.to();
      values.add(String.join("/", request.segments().subList(variable.from(), to)));
    }
    return values;
  }
}
