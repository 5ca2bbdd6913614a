package dev.concordat.contract;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.Descriptors.MethodDescriptor;
import java.util.List;
import java.util.stream.Stream;

/// One way in which a method is reached over REST, from its `google.api.http` rule.
///
/// @param verb the HTTP method, for example `POST`
/// @param path where
/// @param body the request's field that the body is; `*` is the whole request, empty is no body
/// @param responseBody the response's field that is answered; empty is the whole response
public record Route(String verb, PathTemplate path, String body, String responseBody) {
  /// A method's routes: its rule, then the additional ones. Empty when it has no rule.
  ///
  /// @throws IllegalArgumentException when a path does not follow the grammar
  public static List<Route> of(MethodDescriptor method) {
    return rules(method).map(Route::of).toList();
  }

  static Stream<HttpRule> rules(MethodDescriptor method) {
    var options = KnownOptions.of(method);
    if (!options.hasExtension(AnnotationsProto.http)) {
      return Stream.empty();
    }
    HttpRule rule = options.getExtension(AnnotationsProto.http);
    return Stream.concat(Stream.of(rule), rule.getAdditionalBindingsList().stream());
  }

  static Route of(HttpRule rule) {
    return switch (rule.getPatternCase()) {
      case GET -> of("GET", rule.getGet(), rule);
      case PUT -> of("PUT", rule.getPut(), rule);
      case POST -> of("POST", rule.getPost(), rule);
      case DELETE -> of("DELETE", rule.getDelete(), rule);
      case PATCH -> of("PATCH", rule.getPatch(), rule);
      case CUSTOM -> of(rule.getCustom().getKind(), rule.getCustom().getPath(), rule);
      case PATTERN_NOT_SET ->
          throw new IllegalArgumentException("a google.api.http rule names no verb and path");
    };
  }

  private static Route of(String verb, String path, HttpRule rule) {
    return new Route(verb, PathTemplate.parse(path), rule.getBody(), rule.getResponseBody());
  }
}
