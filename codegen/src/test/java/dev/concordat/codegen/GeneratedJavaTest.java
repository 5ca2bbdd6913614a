package dev.concordat.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.compiler.PluginProtos.CodeGeneratorResponse;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Compiles what protoc and the generator write for the golden contracts, and runs it.
class GeneratedJavaTest {
  private static final Path PROTOC = Path.of("target/generated-test-sources/protobuf");
  private static final Path USERS = Path.of("src/test/resources/conversation");

  @TempDir private static Path generated;
  @TempDir private Path folder;

  @BeforeAll
  static void compileGenerated() throws IOException {
    try (Stream<Path> files = Files.walk(PROTOC.resolve("dev/concordat/golden"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        write(generated, PROTOC.relativize(file).toString(), Files.readString(file));
      }
    }
    for (CodeGeneratorResponse.File file : Protoc.generate(Protoc.GOLDEN).getFileList()) {
      boolean whole = file.getInsertionPoint().isEmpty();
      write(generated, file.getName(), whole ? file.getContent() : merged(file));
    }
    assertThat(compile(generated)).isEmpty();
  }

  @Test
  void carriesAConversationOfEveryShape() throws Exception {
    write(
        folder,
        "conversation/Conversation.java",
        Files.readString(USERS.resolve("Conversation.java")));
    assertThat(compile(folder)).isEmpty();
    URL[] classes = {folder.toUri().toURL(), generated.toUri().toURL()};
    try (var loader = new URLClassLoader(classes, getClass().getClassLoader())) {
      var conversation =
          (Supplier<?>)
              loader.loadClass("conversation.Conversation").getConstructor().newInstance();
      assertThat(conversation.get())
          .isEqualTo(
              List.of(
                  "order of c1",
                  "PENDING",
                  "CONFIRMED",
                  "imported 2",
                  "shelf a",
                  "golden.v1.OrderPlaced",
                  "golden.v2.Facts.OrderPlaced",
                  "golden.v1.PickOrder",
                  "orders orders",
                  "golden/v1/orders.proto",
                  "/v1/orders"));
    }
  }

  @Test
  void doesNotCompileWhenSomebodyElsesEventIsPublished() throws IOException {
    write(
        folder, "conversation/Trespasser.java", Files.readString(USERS.resolve("Trespasser.java")));
    assertThat(compile(folder))
        .contains("OrderPlaced cannot be converted to Event<OrderDeskOwner>")
        .contains("1 error");
  }

  /// What the compiler says, warnings included.
  private static String compile(Path folder) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    var said = new StringWriter();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null);
        Stream<Path> files = Files.walk(folder)) {
      List<Path> sources = files.filter(file -> file.toString().endsWith(".java")).toList();
      List<String> options = new ArrayList<>(List.of("-d", folder.toString()));
      options.addAll(
          List.of("-cp", generated + File.pathSeparator + System.getProperty("java.class.path")));
      options.addAll(List.of("-Xlint:all,-processing,-path", "-Werror"));
      compiler
          .getTask(said, manager, null, options, null, manager.getJavaFileObjectsFromPaths(sources))
          .call();
    }
    return said.toString();
  }

  /// As protoc does it: before the line of the insertion point.
  private static String merged(CodeGeneratorResponse.File file) throws IOException {
    String point = "// @@protoc_insertion_point(" + file.getInsertionPoint() + ")";
    String text = Files.readString(generated.resolve(file.getName()));
    assertThat(text).containsOnlyOnce(point);
    return text.replace(point, file.getContent() + point);
  }

  private static void write(Path folder, String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
