package dev.concordat.codegen;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.GeneratorNames;
import dev.concordat.contract.v1.OptionsProto;

/// The class that stands for an owner. One owner has one, wherever its files are.
///
/// @param owner the name in the contract, for example `orders`
/// @param javaPackage where it is
record OwnerType(String owner, String javaPackage) {
  static OwnerType of(FileDescriptor file) {
    String chosen = file.getOptions().getExtension(OptionsProto.ownerJavaPackage);
    return new OwnerType(
        file.getOptions().getExtension(OptionsProto.owner),
        chosen.isEmpty() ? GeneratorNames.getFileJavaPackage(file) : chosen);
  }

  JavaType type() {
    return new JavaType(javaPackage, JavaNames.camel(owner, true) + "Owner");
  }
}
