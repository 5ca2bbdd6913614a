package dev.concordat.codegen;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorResponse;
import dev.concordat.contract.Method;
import java.util.List;
import java.util.stream.Collectors;

/// `OrdersMethods`: the descriptors of a service's methods, which both sides stand on.
final class MethodsFile {
  private MethodsFile() {}

  static CodeGeneratorResponse.File of(ServiceDescriptor service, JavaPackages packages) {
    JavaFile file = new JavaFile(JavaNames.methods(service), packages);
    Imports imports = file.imports();
    List<Signature> methods = file.signatures(service);
    String method = imports.name(Method.class);
    String body =
        """
        /// The methods of `%s`, for what carries calls; users take the client.
        %spublic final class %s {
        %s
          private %3$s() {}

          /// All of them, in the contract's order.
          public static %s<%s<?, ?>> all() {
            return %5$s.of(
        %s);
          }

          private static %s descriptor(%s name) {
            return %s.getDescriptor().findServiceByName("%s").findMethodByName(name);
          }
        }
        """
            .formatted(
                service.getFullName(),
                file.annotations(service),
                file.name(),
                constants(methods, method),
                imports.name(List.class),
                method,
                methods.stream()
                    .map(m -> "        " + m.constant())
                    .collect(Collectors.joining(",\n")),
                imports.name(MethodDescriptor.class),
                imports.name(String.class),
                imports.name(JavaType.of(service.getFile())),
                service.getName());
    return file.of(service.getFile().getName(), body);
  }

  private static String constants(List<Signature> methods, String method) {
    return methods.stream()
        .map(m ->
            """
              /// `%1$s`.
              public static final %2$s<%3$s> %4$s =
                  %2$s.of(
                      descriptor("%5$s"), %6$s.getDefaultInstance(), %7$s.getDefaultInstance());
            """
                .formatted(
                    m.descriptor().getFullName(),
                    method,
                    m.types(),
                    m.constant(),
                    m.descriptor().getName(),
                    m.request(),
                    m.response()))
        .collect(Collectors.joining("\n"));
  }
}
