package dev.concordat.edge;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import dev.concordat.contract.Method;
import dev.concordat.contract.Shape;
import dev.concordat.contract.v1.Call;
import dev.concordat.contract.v1.Exposure;
import dev.concordat.contract.v1.OptionsProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads the routes out of the contracts: every method that is PUBLIC and has a `google.api.http`
/// rule.
///
/// Failure: a rule that does not fit its method is an [IllegalArgumentException] that names both.
final class Routes {
  private static final int HTTP_EXTENSION = AnnotationsProto.HTTP_FIELD_NUMBER;

  private final Transcoder transcoder;
  private final List<Route> routes = new ArrayList<>();

  private Routes(Transcoder transcoder) {
    this.transcoder = transcoder;
  }

  static List<Route> of(List<FileDescriptor> files, Transcoder transcoder) {
    Routes routes = new Routes(transcoder);
    for (FileDescriptor file : files) {
      file.getServices().forEach(service -> service.getMethods().forEach(routes::add));
    }
    return routes.routes;
  }

  private void add(MethodDescriptor method) {
    if (method.getOptions().getUnknownFields().hasField(HTTP_EXTENSION)) {
      throw new IllegalArgumentException(
          method.getFullName() + ": the descriptor was read without an ExtensionRegistry");
    }
    Call call = method.getOptions().getExtension(OptionsProto.call);
    HttpRule rule = method.getOptions().getExtension(AnnotationsProto.http);
    boolean routed = rule.getPatternCase() != HttpRule.PatternCase.PATTERN_NOT_SET;
    if (call.getExposure() != Exposure.EXPOSURE_PUBLIC || !routed) {
      return;
    }
    Method<?, ?> called =
        Method.of(
            method,
            DynamicMessage.getDefaultInstance(method.getInputType()),
            DynamicMessage.getDefaultInstance(method.getOutputType()));
    if (called.shape() != Shape.UNARY && called.shape() != Shape.SERVER_STREAMING) {
      throw bad(method, "only unary and server streaming methods have a REST route");
    }
    routes.add(route(called, rule, call));
    for (HttpRule more : rule.getAdditionalBindingsList()) {
      if (more.getAdditionalBindingsCount() > 0) {
        throw bad(method, "additional_bindings inside additional_bindings");
      }
      routes.add(route(called, more, call));
    }
  }

  private Route route(Method<?, ?> method, HttpRule rule, Call call) {
    MethodDescriptor descriptor = method.descriptor();
    Schema request = transcoder.schema(descriptor.getInputType());
    Schema response = transcoder.schema(descriptor.getOutputType());
    String[] pattern = pattern(descriptor, rule);
    PathTemplate path;
    try {
      path = PathTemplate.parse(pattern[1]);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(descriptor.getFullName() + ": " + e.getMessage(), e);
    }
    List<FieldPath> variables =
        path.variables().stream()
            .map(variable -> variable(descriptor, request, variable.field()))
            .toList();
    Optional<SchemaField> answer =
        rule.getResponseBody().isEmpty()
            ? Optional.empty()
            : Optional.of(field(descriptor, response, rule.getResponseBody(), "response_body"));
    Optional<Created> created =
        call.getCreated().isEmpty() || method.shape() != Shape.UNARY
            ? Optional.empty()
            : Optional.of(Created.of(call.getCreated(), response, descriptor.getFullName()));
    return new Route(
        pattern[0],
        path,
        method,
        variables,
        body(descriptor, request, rule),
        new Route.Types(request, response, created),
        answer);
  }

  private static String[] pattern(MethodDescriptor method, HttpRule rule) {
    return switch (rule.getPatternCase()) {
      case GET -> new String[] {"GET", rule.getGet()};
      case PUT -> new String[] {"PUT", rule.getPut()};
      case POST -> new String[] {"POST", rule.getPost()};
      case DELETE -> new String[] {"DELETE", rule.getDelete()};
      case PATCH -> new String[] {"PATCH", rule.getPatch()};
      case CUSTOM -> new String[] {rule.getCustom().getKind(), rule.getCustom().getPath()};
      case PATTERN_NOT_SET -> throw bad(method, "an http rule without a path");
    };
  }

  private static Route.Body body(MethodDescriptor method, Schema request, HttpRule rule) {
    return switch (rule.getBody()) {
      case "" -> new Route.Body.None();
      case "*" -> new Route.Body.Whole();
      default -> new Route.Body.Field(field(method, request, rule.getBody(), "body"));
    };
  }

  private static SchemaField field(
      MethodDescriptor method, Schema type, String name, String option) {
    SchemaField field = type.named(name);
    if (field == null) {
      throw bad(method, option + " names no field of " + type.type.getFullName() + ": " + name);
    }
    return field;
  }

  private static FieldPath variable(MethodDescriptor method, Schema request, String name) {
    List<FieldPath> found = FieldPath.find(request, name);
    if (found.isEmpty() || found.getFirst().leaf().repeated || !found.getFirst().textual()) {
      throw bad(
          method, "the path's {" + name + "} is no scalar field of " + request.type.getFullName());
    }
    return found.getFirst();
  }

  private static IllegalArgumentException bad(MethodDescriptor method, String why) {
    return new IllegalArgumentException(method.getFullName() + ": " + why);
  }
}
