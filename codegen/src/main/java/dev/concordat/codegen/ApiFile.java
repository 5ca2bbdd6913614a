package dev.concordat.codegen;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorResponse;
import dev.concordat.contract.Binding;
import dev.concordat.contract.ServiceContract;
import dev.concordat.core.Sink;
import dev.concordat.core.Source;
import java.util.List;
import java.util.stream.Collectors;

/// `OrdersApi`: what a service implements and a test fakes.
final class ApiFile {
  private final JavaFile file;
  private final Imports imports;

  private ApiFile(JavaFile file) {
    this.file = file;
    this.imports = file.imports();
  }

  static CodeGeneratorResponse.File of(ServiceDescriptor service, JavaPackages packages) {
    return new ApiFile(new JavaFile(JavaNames.api(service), packages)).of(service);
  }

  private CodeGeneratorResponse.File of(ServiceDescriptor service) {
    List<Signature> methods = file.signatures(service);
    String body =
        """
        %s%spublic interface %s {
          /// The contract, for the server: every method with its policy and its place in this interface.
          %s<%3$s> CONTRACT =
              new %4$s<>(
                  "%s",
                  %s.of(
        %s));

        %s}
        """
            .formatted(
                Docs.of(
                    service,
                    """
                    The service implements it, a test fakes it. Methods block, each on its own virtual thread; a
                    [dev.concordat.core.Failure] that is thrown reaches the caller.\
                    """),
                file.annotations(service),
                file.name(),
                imports.name(ServiceContract.class),
                service.getFullName(),
                imports.name(List.class),
                methods.stream().map(this::binding).collect(Collectors.joining(",\n")),
                methods.stream().map(this::method).collect(Collectors.joining("\n")));
    return file.of(service.getFile().getName(), body);
  }

  private String binding(Signature method) {
    String kind =
        switch (method.shape()) {
          case UNARY -> "Unary";
          case SERVER_STREAMING -> "ServerStreaming";
          case CLIENT_STREAMING -> "ClientStreaming";
          case BIDIRECTIONAL -> "Bidirectional";
        };
    return """
                  new %s.%s<%s, %s>(
                      %s.%s, %3$s::%s)\
    """
        .formatted(
            imports.name(Binding.class),
            kind,
            file.name(),
            method.types(),
            imports.name(JavaNames.methods(method.descriptor().getService())),
            method.constant(),
            method.method());
  }

  private String method(Signature method) {
    return method.javadoc() + method.annotation() + "  " + declaration(method) + ";\n";
  }

  private String declaration(Signature method) {
    String name = method.method();
    return switch (method.shape()) {
      case UNARY -> method.response() + " " + name + "(" + method.request() + " request)";
      case SERVER_STREAMING ->
          "void " + name + "(" + method.request() + " request, " + sink(method) + " out)";
      case CLIENT_STREAMING -> method.response() + " " + name + "(" + source(method) + " in)";
      case BIDIRECTIONAL ->
          "void " + name + "(" + source(method) + " in, " + sink(method) + " out)";
    };
  }

  private String source(Signature method) {
    return imports.name(Source.class) + "<" + method.request() + ">";
  }

  private String sink(Signature method) {
    return imports.name(Sink.class) + "<" + method.response() + ">";
  }
}
