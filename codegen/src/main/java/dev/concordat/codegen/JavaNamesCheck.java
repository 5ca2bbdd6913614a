package dev.concordat.codegen;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.concordat.contract.Finding;
import dev.concordat.contract.Place;
import dev.concordat.contract.v1.OptionsProto;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.lang.model.SourceVersion;

/// Finds what could not be written in Java: names that are keywords, and two things that would get
/// the same name. Files of classes are compared without case, since not every file system tells
/// `Orders` from `ORDERS`.
final class JavaNamesCheck {
  private static final String RULE = "java-name";

  /// No class can have these names, although they are no keywords elsewhere.
  private static final Set<String> NO_CLASS = Set.of("permits", "record", "sealed", "var", "yield");

  private final List<Finding> findings = new ArrayList<>();
  private final Map<String, String> classes = new HashMap<>();

  /// @param known all files: the classes that protoc makes for them are taken
  JavaNamesCheck(Collection<FileDescriptor> known) {
    JavaPackages packages = new JavaPackages(known);
    for (FileDescriptor file : known) {
      String javaPackage = packages.of(file);
      for (String name : packages.classesIn(javaPackage)) {
        classes.put(key(new JavaType(javaPackage, name)), "a message, an enum or the file");
      }
    }
  }

  List<Finding> check(Collection<FileDescriptor> files) {
    files.forEach(this::check);
    return findings;
  }

  private void check(FileDescriptor file) {
    String javaPackage = JavaType.of(file).javaPackage();
    if (!SourceVersion.isName(javaPackage)) {
      find(
          Place.of(file),
          "the Java package of %s would be \"%s\"".formatted(file.getName(), javaPackage),
          "add: option java_package = \"<a package that Java accepts>\";");
    }
    file.getMessageTypes().forEach(this::check);
    file.getEnumTypes().forEach(this::checkClassName);
    OwnerType owner = OwnerType.of(file);
    if (!owner.owner().isEmpty()) {
      take(
          owner.type(),
          "the owner \"" + owner.owner() + "\"",
          Place.of(file, OptionsProto.OWNER_FIELD_NUMBER));
    }
    file.getServices().forEach(this::check);
  }

  private void check(Descriptor message) {
    checkClassName(message);
    message.getNestedTypes().forEach(this::check);
    message.getEnumTypes().forEach(this::checkClassName);
  }

  private void checkClassName(GenericDescriptor type) {
    if (!SourceVersion.isName(type.getName()) || NO_CLASS.contains(type.getName())) {
      find(
          Place.of(type),
          type.getFullName() + " would be a Java class named \"" + type.getName() + "\"",
          "name it otherwise");
    }
  }

  private void check(ServiceDescriptor service) {
    String user = "the service " + service.getFullName();
    take(JavaNames.api(service), user, Place.of(service));
    take(JavaNames.client(service), user, Place.of(service));
    take(JavaNames.methods(service), user, Place.of(service));
    Map<String, MethodDescriptor> names = new HashMap<>();
    for (MethodDescriptor method : service.getMethods()) {
      for (String name : List.of(JavaNames.method(method), JavaNames.constant(method))) {
        MethodDescriptor earlier = names.putIfAbsent(name, method);
        if (earlier != null && earlier != method) {
          find(
              Place.of(method),
              "%s and %s would both be \"%s\" in Java"
                  .formatted(earlier.getFullName(), method.getFullName(), name),
              "rename one of them");
          break;
        }
      }
    }
  }

  /// Takes a class name, or finds that something else has it. The same thing may take it again.
  private void take(JavaType type, String user, Place where) {
    String other = classes.putIfAbsent(key(type), user);
    if (other != null && !other.equals(user)) {
      find(
          where,
          "the class %s of %s is taken by %s".formatted(type.qualified(), user, other),
          "rename one of them");
    }
  }

  private void find(Place where, String message, String remedy) {
    findings.add(new Finding(RULE, where, message, remedy));
  }

  private static String key(JavaType type) {
    return type.qualified().toLowerCase(Locale.ROOT);
  }
}
