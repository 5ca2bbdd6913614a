package dev.concordat.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.Edition;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorResponse;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorResponse.Feature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the generator writes stands in `src/test/resources/golden`, so that a change of it is a
/// diff. To accept a change: `./mvnw test -pl codegen -am -Dtest=GeneratorTest -Dgolden.write`.
class GeneratorTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  @Test
  void writesTheGoldenFiles() throws IOException {
    Map<String, String> written = texts(Protoc.generate(Protoc.GOLDEN));
    if (System.getProperty("golden.write") != null) {
      rewrite(written);
    }
    assertThat(golden()).isEqualTo(written);
  }

  @Test
  void writesTheSameForOneFileAsForAll() {
    Map<String, String> apart = new TreeMap<>();
    Protoc.GOLDEN.forEach(file -> apart.putAll(texts(Protoc.generate(List.of(file)))));
    assertThat(apart).isEqualTo(texts(Protoc.generate(Protoc.GOLDEN)));
  }

  @Test
  void writesTheSameEveryTime() {
    assertThat(Protoc.generate(Protoc.GOLDEN).toByteString())
        .isEqualTo(Protoc.generate(Protoc.GOLDEN).toByteString());
  }

  @Test
  void saysWhatItUnderstands() {
    CodeGeneratorResponse response = Protoc.generate(Protoc.GOLDEN);
    assertThat(response.getSupportedFeatures())
        .isEqualTo(Feature.FEATURE_PROTO3_OPTIONAL_VALUE | Feature.FEATURE_SUPPORTS_EDITIONS_VALUE);
    assertThat(response.getMinimumEdition()).isEqualTo(Edition.EDITION_PROTO2_VALUE);
    assertThat(response.getMaximumEdition()).isEqualTo(Edition.EDITION_2024_VALUE);
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refusesWithPlaceReasonAndRemedy(String name) throws IOException {
    CodeGeneratorResponse response = Protoc.generate(List.of(name));
    assertThat(response.getError().lines()).containsExactlyElementsOf(expected(name));
    assertThat(response.getFileList()).isEmpty();
  }

  static List<String> refused() {
    return Protoc.refused();
  }

  private static List<String> expected(String name) throws IOException {
    return Files.readAllLines(Path.of("src/test/protobuf", name)).stream()
        .filter(line -> line.startsWith("//! "))
        .map(line -> line.substring(4))
        .toList();
  }

  private static Map<String, String> texts(CodeGeneratorResponse response) {
    assertThat(response.getError()).isEmpty();
    return response.getFileList().stream()
        .collect(
            Collectors.toMap(
                GeneratorTest::goldenName,
                CodeGeneratorResponse.File::getContent,
                (first, second) -> first,
                TreeMap::new));
  }

  private static String goldenName(CodeGeneratorResponse.File file) {
    String point = file.getInsertionPoint().replace(':', '.');
    return file.getName() + (point.isEmpty() ? "" : "." + point) + ".txt";
  }

  private static Map<String, String> golden() throws IOException {
    Map<String, String> golden = new TreeMap<>();
    try (Stream<Path> files = Files.walk(GOLDEN)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        golden.put(GOLDEN.relativize(file).toString().replace('\\', '/'), Files.readString(file));
      }
    }
    return golden;
  }

  private static void rewrite(Map<String, String> written) throws IOException {
    for (String old : golden().keySet()) {
      Files.delete(GOLDEN.resolve(old));
    }
    for (Map.Entry<String, String> file : written.entrySet()) {
      Path path = GOLDEN.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
  }
}
