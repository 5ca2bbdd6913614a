package dev.concordat.codegen;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorResponse;
import dev.concordat.contract.Caller;
import dev.concordat.contract.ClientFactory;
import dev.concordat.core.Exchange;
import dev.concordat.core.Source;
import dev.concordat.core.Upload;
import java.util.List;
import java.util.stream.Collectors;

/// `OrdersClient`: the same methods for who calls. It knows nothing of the server's side.
final class ClientFile {
  private final JavaFile file;
  private final Imports imports;

  private ClientFile(JavaFile file) {
    this.file = file;
    this.imports = file.imports();
  }

  static CodeGeneratorResponse.File of(ServiceDescriptor service, JavaPackages packages) {
    return new ClientFile(new JavaFile(JavaNames.client(service), packages)).of(service);
  }

  private CodeGeneratorResponse.File of(ServiceDescriptor service) {
    List<Signature> methods = file.signatures(service);
    String methodsType = imports.name(JavaNames.methods(service));
    String body =
        """
        %s%spublic final class %s {
          /// Makes clients.
          public static final %s<%3$s> FACTORY =
              new %4$s<>("%s", %s.all(), %3$s::new);

          private final %s caller;

          /// @param caller what carries the calls
          public %3$s(%7$s caller) {
            this.caller = caller;
          }

        %s}
        """
            .formatted(
                Docs.of(
                    service,
                    "Methods block; a call that fails throws [dev.concordat.core.Failure]. Safe for"
                        + " many threads."),
                file.annotations(service),
                file.name(),
                imports.name(ClientFactory.class),
                service.getFullName(),
                methodsType,
                imports.name(Caller.class),
                methods.stream()
                    .map(m -> method(m, methodsType + "." + m.constant()))
                    .collect(Collectors.joining("\n")));
    return file.of(service.getFile().getName(), body);
  }

  private String method(Signature method, String constant) {
    return """
    %s%s  public %s {
        return caller.%s;
      }
    """
        .formatted(
            method.javadoc(), method.annotation(), declaration(method), call(method, constant));
  }

  private String declaration(Signature method) {
    String one = " " + method.method() + "(" + method.request() + " request)";
    String many = " " + method.method() + "()";
    return switch (method.shape()) {
      case UNARY -> method.response() + one;
      case SERVER_STREAMING -> imports.name(Source.class) + "<" + method.response() + ">" + one;
      case CLIENT_STREAMING -> imports.name(Upload.class) + "<" + method.types() + ">" + many;
      case BIDIRECTIONAL -> imports.name(Exchange.class) + "<" + method.types() + ">" + many;
    };
  }

  private static String call(Signature method, String constant) {
    return switch (method.shape()) {
      case UNARY -> "unary(" + constant + ", request)";
      case SERVER_STREAMING -> "serverStream(" + constant + ", request)";
      case CLIENT_STREAMING -> "clientStream(" + constant + ")";
      case BIDIRECTIONAL -> "bidirectional(" + constant + ")";
    };
  }
}
