package dev.concordat.codegen;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.GeneratorNames;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Which top-level classes protoc makes in which Java package.
final class JavaPackages {
  private final Map<String, Set<String>> classes = new HashMap<>();

  JavaPackages(Collection<FileDescriptor> files) {
    for (FileDescriptor file : files) {
      add(JavaType.of(file));
      file.getMessageTypes().forEach(this::add);
      file.getEnumTypes().forEach(this::add);
    }
  }

  String of(FileDescriptor file) {
    return GeneratorNames.getFileJavaPackage(file);
  }

  /// Names of the classes in a package.
  Set<String> classesIn(String javaPackage) {
    return classes.getOrDefault(javaPackage, Set.of());
  }

  private void add(Descriptor message) {
    JavaType type = JavaType.of(message);
    add(type.topLevel());
    if (type.equals(type.topLevel())) {
      add(new JavaType(type.javaPackage(), type.name() + "OrBuilder"));
    }
  }

  private void add(EnumDescriptor type) {
    add(JavaType.ofBinaryName(GeneratorNames.getBytecodeClassName(type)).topLevel());
  }

  private void add(JavaType type) {
    classes.computeIfAbsent(type.javaPackage(), _ -> new TreeSet<>()).add(type.name());
  }
}
