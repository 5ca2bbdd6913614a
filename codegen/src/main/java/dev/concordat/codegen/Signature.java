package dev.concordat.codegen;

import com.google.protobuf.Descriptors.MethodDescriptor;
import dev.concordat.contract.Shape;

/// One method of the contract as the templates need it.
///
/// @param method the name in Java
/// @param constant the name of its constant
/// @param request how the file writes the request
/// @param response how the file writes the response
/// @param annotation `@Deprecated` with its line, or empty
record Signature(
    MethodDescriptor descriptor,
    String method,
    String constant,
    String request,
    String response,
    String annotation) {
  static Signature of(MethodDescriptor descriptor, Imports imports) {
    return new Signature(
        descriptor,
        JavaNames.method(descriptor),
        JavaNames.constant(descriptor),
        imports.name(JavaType.of(descriptor.getInputType())),
        imports.name(JavaType.of(descriptor.getOutputType())),
        descriptor.getOptions().getDeprecated()
            ? "  @" + imports.name(Deprecated.class) + "\n"
            : "");
  }

  Shape shape() {
    return Shape.of(descriptor);
  }

  /// `PlaceOrderRequest, Order`.
  String types() {
    return request + ", " + response;
  }

  String javadoc() {
    return Docs.of(descriptor);
  }
}
