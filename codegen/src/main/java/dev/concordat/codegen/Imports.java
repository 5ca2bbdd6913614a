package dev.concordat.codegen;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The imports of one Java file, gathered while its body is written. The first class of a name is
/// imported; a second one of the same name, or one that a class of the file's own package would
/// hide, is written out.
final class Imports {
  private final String javaPackage;
  private final Map<String, JavaType> taken = new HashMap<>();
  private final Set<String> lines = new TreeSet<>();

  /// @param own names of the classes in the file's own package, itself included
  Imports(String javaPackage, Set<String> own) {
    this.javaPackage = javaPackage;
    own.forEach(name -> taken.put(name, new JavaType(javaPackage, name)));
  }

  /// How the file writes a class.
  String name(JavaType type) {
    JavaType outer = type.topLevel();
    if (!taken.computeIfAbsent(outer.name(), _ -> outer).equals(outer)) {
      return type.qualified();
    }
    if (!outer.javaPackage().equals(javaPackage) && !outer.javaPackage().equals("java.lang")) {
      lines.add("import " + outer.qualified() + ";\n");
    }
    return type.name();
  }

  /// How the file writes a class.
  String name(Class<?> type) {
    return name(JavaType.ofBinaryName(type.getName()));
  }

  /// The import lines, in order.
  String text() {
    return String.join("", lines);
  }
}
