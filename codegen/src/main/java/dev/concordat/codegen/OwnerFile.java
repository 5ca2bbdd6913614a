package dev.concordat.codegen;

import com.google.protobuf.compiler.PluginProtos.CodeGeneratorResponse;
import dev.concordat.contract.Owner;

/// `OrdersOwner`: the owner as a type. Its text depends on nothing but its name, so that it is the
/// same from whichever file it is written.
final class OwnerFile {
  private OwnerFile() {}

  static CodeGeneratorResponse.File of(OwnerType owner, JavaPackages packages) {
    JavaFile file = new JavaFile(owner.type(), packages);
    Imports imports = file.imports();
    String body =
        """
        /// The owner `%s` as a type: whose events may be published, the compiler knows by it.
        @%s("dev.concordat.codegen")
        public enum %s implements %s {
          /// The only one.
          OWNER;

          @%s
          public %s ownerName() {
            return "%1$s";
          }
        }
        """
            .formatted(
                owner.owner(),
                imports.name(JavaFile.GENERATED),
                file.name(),
                imports.name(Owner.class),
                imports.name(Override.class),
                imports.name(String.class));
    return file.of("the contract of `" + owner.owner() + "`", body);
  }
}
