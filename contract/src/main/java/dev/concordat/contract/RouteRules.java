package dev.concordat.contract;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import dev.concordat.contract.PathTemplate.Variable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// How REST reaches a method.
final class RouteRules {
  private final MethodDescriptor method;
  private final Findings out;

  private RouteRules(MethodDescriptor method, Findings out) {
    this.method = method;
    this.out = out;
  }

  static void check(MethodDescriptor method, Findings out) {
    var rules = new RouteRules(method, out);
    Route.rules(method).forEach(rules::check);
  }

  private void check(HttpRule rule) {
    Route route;
    try {
      route = Route.of(rule);
    } catch (IllegalArgumentException e) {
      refuse(
          Rule.ROUTE_IS_VALID,
          "has a route that cannot be read: " + e.getMessage(),
          "write for example {get: \"/v1/orders/{order_id}\"}");
      return;
    }
    if (route.verb().equals("GET") && !route.body().isEmpty()) {
      refuse(
          Rule.ROUTE_IS_VALID,
          "has a body in its route GET " + route.path().text(),
          "drop body: a GET carries none, fields come from path and query");
    }
    variables(route.path());
    body(route.body(), "body", method.getInputType());
    body(route.responseBody(), "response_body", method.getOutputType());
  }

  private void variables(PathTemplate path) {
    Set<String> seen = new HashSet<>();
    for (Variable variable : path.variables()) {
      if (!seen.add(variable.field())) {
        refuse(
            Rule.ROUTE_IS_VALID,
            "binds " + variable.field() + " twice in " + path.text(),
            "bind each field once");
      }
      if (!bindable(method.getInputType(), List.of(variable.field().split("\\.")))) {
        refuse(
            Rule.ROUTE_NAMES_FIELDS,
            "has the path %s, but %s has no single scalar field %s"
                .formatted(path.text(), method.getInputType().getFullName(), variable.field()),
            "name one of its fields");
      }
    }
  }

  private void body(String name, String option, Descriptor type) {
    boolean whole = name.isEmpty() || (name.equals("*") && option.equals("body"));
    if (!whole && type.findFieldByName(name) == null) {
      refuse(
          Rule.ROUTE_NAMES_FIELDS,
          "has the %s \"%s\", but %s has no such field".formatted(option, name, type.getFullName()),
          "name one of its fields" + (option.equals("body") ? ", or \"*\" for all" : ""));
    }
  }

  /// Whether a path of names leads through single messages to a single value.
  private static boolean bindable(Descriptor type, List<String> names) {
    FieldDescriptor field = type.findFieldByName(names.getFirst());
    if (field == null || field.isRepeated()) {
      return false;
    }
    boolean message = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
    if (names.size() == 1) {
      return !message;
    }
    return message && bindable(field.getMessageType(), names.subList(1, names.size()));
  }

  private void refuse(Rule rule, String message, String remedy) {
    out.add(rule, method, AnnotationsProto.HTTP_FIELD_NUMBER, message, remedy);
  }
}
