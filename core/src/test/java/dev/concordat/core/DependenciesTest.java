package dev.concordat.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/// Reads the compiled classes: whoever takes core takes nothing else.
class DependenciesTest {
  private static final Pattern IN_DESCRIPTORS = Pattern.compile("L([\\w$]+/[\\w/$]+);");

  @Test
  void coreDependsOnTheJdkAlone() throws Exception {
    Path classes =
        Path.of(Context.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Set<String> foreign = new TreeSet<>();
    try (Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        referenced(file)
            .filter(name -> !name.startsWith("java/"))
            .filter(name -> !name.startsWith("dev/concordat/core/"))
            .filter(name -> !name.startsWith("org/jspecify/annotations/"))
            .forEach(name -> foreign.add(file.getFileName() + " → " + name));
      }
    }
    assertThat(foreign).isEmpty();
  }

  private static Stream<String> referenced(Path file) throws IOException {
    return StreamSupport.stream(ClassFile.of().parse(file).constantPool().spliterator(), false)
        .flatMap(entry ->
            switch (entry) {
              case ClassEntry type -> names(type.asInternalName());
              case Utf8Entry text ->
                  IN_DESCRIPTORS.matcher(text.stringValue()).results().map(match -> match.group(1));
              default -> Stream.empty();
            });
  }

  // An array's name is a descriptor, and found as such.
  private static Stream<String> names(String internalName) {
    return internalName.startsWith("[") ? Stream.empty() : Stream.of(internalName);
  }
}
