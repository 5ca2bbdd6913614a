package dev.concordat.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/// The tour of the README, run as it is written there: all its `sh tour` blocks in one shell, on
/// one real system.
@TestInstance(Lifecycle.PER_CLASS)
class TourTest {
  private static final Pattern BLOCK =
      Pattern.compile(
          "^\\*\\*([^*]+)\\.\\*\\*(?:(?!^\\*\\*).)*?^```sh tour\\n(.*?)^```$",
          Pattern.MULTILINE | Pattern.DOTALL);
  private static final String MARK = "=== ";

  /// `./concordat` is this build; what a reader has had the time to wait for is waited for.
  private static final String PREAMBLE =
      """
      concordat() {
        command=$1; shift
        "$JAVA" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \\
          --sun-misc-unsafe-memory-access=allow -Dstdout.encoding=UTF-8 -Dfile.encoding=UTF-8 \\
          -cp "$CLASS_PATH" dev.concordat.cli.Main "$command" --data "$DATA" "$@"
      }
      settled() {
        for _ in {1..30}; do
          if concordat trace "$1" 2>&1 | grep 'send smtp' >/dev/null; then return; fi
          sleep 1
        done
      }
      """;

  private Map<String, String> outputs = Map.of();
  private String said = "";

  /// Of `up`.
  List<String> options() {
    return List.of();
  }

  @BeforeAll
  final void takeTheTour(@TempDir Path folder) throws Exception {
    assumeTrue(has("curl", "--json", "{}", "--version"), "needs curl 7.82 or newer");
    assumeTrue(has("bash", "--version"), "needs bash");
    Map<String, String> blocks = blocks(Files.readString(Path.of("..", "README.md")));
    Path data = folder.resolve("data");
    List<String> up = new ArrayList<>(List.of("up", "--port", "0", "--data", data.toString()));
    up.addAll(options());
    try (UpProcess system = UpProcess.start(Main.class, up.toArray(new String[0])).awaitReady()) {
      said = system.text();
      outputs = run(blocks, system.url(), data, folder.resolve("tour.out"));
    }
  }

  /// What `up` said until it was ready.
  final String said() {
    return said;
  }

  @Test
  void everyBlockIsTried() {
    assertThat(outputs.keySet())
        .containsExactly(
            "Buy something",
            "Place the order",
            "Watch it",
            "See what happened",
            "Ask why",
            "Make a mistake",
            "Check the books");
  }

  @Test
  void theCartHasPriceAndStock() {
    assertThat(output("Buy something"))
        .contains("\"products\":[{", "\"nextPageToken\"", "\"state\":\"OPEN\"")
        .contains("\"quantity\":2", "\"availability\":\"AVAILABLE\"", "\"isStockKnown\":true");
  }

  @Test
  void theSameKeyGetsTheSameOrder() {
    String output = output("Place the order");
    assertThat(found(output, "HTTP/1.1 (\\d+)")).containsExactly("201", "201");
    assertThat(found(output, "\"status\":\"(\\w+)\"")).containsExactly("CONFIRMED", "CONFIRMED");
    assertThat(found(output, "\"orderId\":\"([^\"]+)\"")).hasSize(2);
    assertThat(Set.copyOf(found(output, "\"orderId\":\"([^\"]+)\""))).hasSize(1);
    assertThat(found(output, "Idempotency-Replayed: (\\w+)")).containsExactly("true");
  }

  @Test
  void theChangesAreStreamed() {
    assertThat(output("Watch it"))
        .containsSubsequence(
            "data: {", "\"PENDING\"", "data: {", "\"CONFIRMED\"", "event: end", "{\"orderId\":\"");
  }

  @Test
  void theTraceShowsEveryHopAndTheMailIsFound() {
    assertThat(output("See what happened"))
        .containsSubsequence(
            "answered after",
            "POST /v1/orders",
            "Orders/PlaceOrder",
            "Carts/QuoteCart",
            "Pricing/GetPrices",
            "saga checkout",
            "step checkout/reserve-stock",
            "Stock/Reserve",
            "step checkout/capture-payment",
            "Paypoint/CreateCharge",
            "publish OrderConfirmed",
            "⇢ append OrderConfirmed",
            "⇢ receive OrderConfirmed",
            "To:      ann@example.com",
            "Subject: Your order ord-")
        .contains("⇢ work SendReceipt", "send smtp", "⇢ work PickOrder")
        .doesNotContain("…");
  }

  @Test
  void whyIsTold() {
    assertThat(output("Ask why"))
        .containsSubsequence(
            "shop.payments.v1.Payments/CapturePayment", "OK", "key saga/checkout/", "try 1")
        .containsSubsequence("INSTANCE", "orders", "cart", "ready");
  }

  @Test
  void mistakesAreNamed() {
    assertThat(output("Make a mistake"))
        .containsSubsequence(
            "\"status\":400", "\"field\":\"quantity\"", "\"reason\":\"IDEMPOTENCY_KEY_MISSING\"");
  }

  @Test
  void theBooksAddUp() {
    assertThat(output("Check the books")).contains("1 CONFIRMED", "the books add up");
  }

  private String output(String title) {
    return outputs.getOrDefault(title, "");
  }

  private static List<String> found(String text, String pattern) {
    return Pattern.compile(pattern).matcher(text).results().map(r -> r.group(1)).toList();
  }

  /// By the bold words that each begins with.
  private static Map<String, String> blocks(String readme) {
    Map<String, String> blocks = new LinkedHashMap<>();
    Matcher matcher = BLOCK.matcher(readme);
    while (matcher.find()) {
      blocks.put(matcher.group(1), matcher.group(2));
    }
    assertThat(blocks).hasSize(found(readme, "(?m)^(```sh tour)$").size());
    return blocks;
  }

  private static Map<String, String> run(
      Map<String, String> blocks, String url, Path data, Path output)
      throws IOException, InterruptedException {
    StringBuilder script = new StringBuilder(PREAMBLE);
    blocks.forEach((title, block) -> {
      if (block.contains("concordat trace $id")) {
        script.append("settled $id\n");
      }
      script.append("printf '\\n%s%s\\n' '" + MARK + "' '" + title + "'\n");
      script.append(
          block
              .replace("localhost:8080", url.substring("http://".length()))
              .replace("./concordat ", "concordat "));
    });
    ProcessBuilder bash =
        new ProcessBuilder("bash", "-eu", "-o", "pipefail", "-c", script.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    bash.environment()
        .putAll(
            Map.of(
                "JAVA", Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "CLASS_PATH", System.getProperty("java.class.path"),
                "DATA", data.toString()));
    Process process = bash.start();
    boolean ended = process.waitFor(3, TimeUnit.MINUTES);
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    String text = Files.readString(output);
    assertThat(ended && process.exitValue() == 0).as(text).isTrue();
    Map<String, String> parts = new LinkedHashMap<>();
    for (String part : List.of(text.split("\n" + MARK, -1)).subList(1, blocks.size() + 1)) {
      int end = part.indexOf('\n');
      parts.put(part.substring(0, end), part.substring(end));
    }
    return parts;
  }

  private static boolean has(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
