package dev.concordat.codegen;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.GeneratorNames;

/// A class by its package and its name within it.
///
/// @param javaPackage for example `dev.concordat.shop.orders.v1`; empty for none
/// @param name with the outer classes, for example `Order.Line`
record JavaType(String javaPackage, String name) {
  /// @param binaryName with `$` between outer and inner
  static JavaType ofBinaryName(String binaryName) {
    int dot = binaryName.lastIndexOf('.');
    return new JavaType(
        dot < 0 ? "" : binaryName.substring(0, dot),
        binaryName.substring(dot + 1).replace('$', '.'));
  }

  static JavaType of(Descriptor message) {
    return ofBinaryName(GeneratorNames.getBytecodeClassName(message));
  }

  /// The class that holds a file's descriptor.
  static JavaType of(FileDescriptor file) {
    return new JavaType(
        GeneratorNames.getFileJavaPackage(file), GeneratorNames.getFileClassName(file));
  }

  /// The class that a Java file is named after.
  JavaType topLevel() {
    int dot = name.indexOf('.');
    return dot < 0 ? this : new JavaType(javaPackage, name.substring(0, dot));
  }

  String qualified() {
    return javaPackage.isEmpty() ? name : javaPackage + "." + name;
  }

  /// The path of its Java file, as protoc names generated files.
  String file() {
    return topLevel().qualified().replace('.', '/') + ".java";
  }
}
