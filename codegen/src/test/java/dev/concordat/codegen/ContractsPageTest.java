package dev.concordat.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.contract.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// `docs/contracts.md` shows what is tested: its examples are pieces of the golden contracts.
class ContractsPageTest {
  private static final Pattern EXAMPLE = Pattern.compile("```proto\n(.*?)```", Pattern.DOTALL);

  private final String page = read("../docs/contracts.md");

  @Test
  void showsContractsThatAreGenerated() {
    String golden =
        read("src/test/protobuf/golden/v1/orders.proto")
            + read("src/test/protobuf/golden/v2/orders.proto");
    List<String> examples =
        EXAMPLE.matcher(page).results().map((MatchResult found) -> found.group(1)).toList();
    assertThat(examples).hasSize(4).allSatisfy(example -> assertThat(golden).contains(example));
  }

  @Test
  void showsJavaThatIsGenerated() {
    int start = page.indexOf("  /// Places an order.");
    String method = page.substring(start, page.indexOf("```", start));
    assertThat(read("src/test/resources/golden/dev/concordat/golden/v1/OrdersApi.java.txt"))
        .contains(method);
  }

  @Test
  void namesEveryRule() {
    assertThat(Arrays.stream(Rule.values()).map(Rule::id))
        .allSatisfy(rule -> assertThat(page).contains("| `" + rule + "` |"));
  }

  private static String read(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
