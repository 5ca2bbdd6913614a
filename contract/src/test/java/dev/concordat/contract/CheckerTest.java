package dev.concordat.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FileDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each contract in `src/test/protobuf/refused` says in lines that begin with `//!` what is found
/// in it.
class CheckerTest {
  private final List<FileDescriptor> all = Contracts.all();
  private final Checker checker = Checker.of(all);

  static Stream<String> refused() {
    return Contracts.all().stream()
        .map(FileDescriptor::getName)
        .filter(name -> name.startsWith("refused/"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void findsWhatTheContractSays(String name) throws IOException {
    assertThat(check(name)).map(Finding::toString).containsExactlyElementsOf(expected(name));
  }

  @Test
  void everyRuleHasAContractThatBreaksIt() {
    Set<String> broken =
        refused()
            .flatMap(name -> check(name).stream())
            .map(Finding::rule)
            .collect(Collectors.toSet());
    assertThat(broken)
        .containsExactlyInAnyOrderElementsOf(Arrays.stream(Rule.values()).map(Rule::id).toList());
  }

  @Test
  void acceptsAContractThatKeepsTheRules() {
    assertThat(check("kept/v1/orders.proto")).isEmpty();
  }

  private List<Finding> check(String name) {
    return checker.check(all.stream().filter(file -> file.getName().equals(name)).toList());
  }

  private static List<String> expected(String name) throws IOException {
    return Files.readAllLines(Path.of("src/test/protobuf", name)).stream()
        .filter(line -> line.startsWith("//! "))
        .map(line -> line.substring(4))
        .toList();
  }
}
