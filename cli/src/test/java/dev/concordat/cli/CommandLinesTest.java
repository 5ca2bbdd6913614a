package dev.concordat.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandLinesTest {
  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void helpNamesEveryCommand() {
    assertThat(run("help")).isZero();
    assertThat(out.toString())
        .contains(
            "up",
            "trace",
            "call",
            "deadletters",
            "subscriptions",
            "topics",
            "tail",
            "replay",
            "sagas",
            "forget",
            "rewrap",
            "bench",
            "drill",
            "help")
        .doesNotContain("Runs one part");
    assertThat(run("help", "up")).isZero();
    assertThat(out.toString()).contains("--port", "--data", "--fresh", "--processes", "--host");
  }

  @Test
  void everyVerbExplainsItself() {
    CommandLine line = CommandLines.of(new Program(TinySystem.plan(), TinySystem.class));
    line.setOut(new PrintWriter(out, true));
    line.getSubcommands()
        .forEach((command, verbs) ->
            verbs
                .getSubcommands()
                .keySet()
                .forEach(verb -> {
                  assertThat(line.execute(command, verb, "--help")).isZero();
                  assertThat(out.toString()).contains("concordat " + command + " " + verb);
                }));
    assertThat(line.execute("deadletters", "list", "--json", "--data", folder.toString()))
        .as("its parameters still fit its method")
        .isEqualTo(1);
  }

  @Test
  void aDrillSaysWhichNumbersItTakes() {
    CommandLine line = CommandLines.of(new Program(TinySystem.plan(), TinySystem.class));
    line.setErr(new PrintWriter(err, true));
    assertThat(line.execute("drill", "any", "--instances", "1")).isEqualTo(1);
    assertThat(line.execute("drill", "any", "--seconds", "0")).isEqualTo(1);
    assertThat(err.toString()).contains("a drill takes --instances from 2").doesNotContain("\tat ");
  }

  @Test
  void columnsAreAsWideAsWhatStandsInThem() {
    Table table = Table.of("NAME", ">LAG");
    table.add("a", "1,000");
    table.add("a longer one", "2");
    assertThat(table.lines())
        .containsExactly("NAME            LAG", "a             1,000", "a longer one      2");
  }

  @Test
  void aReplayIsNamedAfterWhatItReplays() {
    assertThat(ReplayCommand.next("revenue")).isEqualTo("revenue-2");
    assertThat(ReplayCommand.next("revenue-1")).isEqualTo("revenue-2");
    assertThat(ReplayCommand.next("revenue-9")).isEqualTo("revenue-10");
  }

  @Test
  void versionIsSaid() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).startsWith("concordat ");
  }

  @Test
  void wrongUsageIsTwo() {
    assertThat(run()).isEqualTo(2);
    assertThat(run("pu")).isEqualTo(2);
    assertThat(run("up", "--prot", "1")).isEqualTo(2);
    assertThat(run("up", "--port", "many")).isEqualTo(2);
    assertThat(run("deadletters", "redrive")).isEqualTo(2);
    assertThat(run("sagas", "end", "orders/checkout/1", "--because", "x")).isEqualTo(2);
    assertThat(run("sagas", "list", "--state", "sleepy")).isEqualTo(2);
    assertThat(run("forget", "ada", "--service", "orders")).isEqualTo(2);
    assertThat(err.toString()).contains("unreadable for ever; say --yes");
    assertThat(err.toString()).contains("concordat: ").doesNotContain("\tat ");
  }

  @Test
  void commandsWantARunningSystem() {
    for (List<String> command :
        List.of(List.of("call"), List.of("trace", "x"), List.of("deadletters", "list"))) {
      assertThat(run(command.toArray(new String[0]))).isEqualTo(1);
    }
    assertThat(err.toString().lines())
        .hasSize(3)
        .allMatch(line ->
            line.equals(
                "concordat: no running system in %s; start it with ./concordat up --data %s"
                    .formatted(folder, folder)));
  }

  @Test
  void theDataFolderMayBeNamedBeforeTheSubcommand() {
    CommandLine line = CommandLines.of(new Program(TinySystem.plan(), TinySystem.class));
    line.setErr(new PrintWriter(err, true));
    assertThat(line.execute("deadletters", "--data", folder.toString(), "list")).isEqualTo(1);
    assertThat(err.toString()).contains("no running system in " + folder + ";");
  }

  @Test
  void benchmarksAreFoundAndTheirFiguresWritten() throws Exception {
    Path json = folder.resolve("figures.json");
    assertThat(run("bench")).isZero();
    assertThat(out.toString()).contains("nothing").contains("measures nothing, fast");
    assertThat(run("bench", "nothing", "--json", json.toString())).isZero();
    assertThat(out.toString()).contains("nothing.per_s").contains("1/s");
    assertThat(Files.readString(json).replaceAll("\\s", ""))
        .isEqualTo(
            "[{\"name\":\"nothing.per_s\",\"value\":1234567.0,\"unit\":\"1/s\"},"
                + "{\"name\":\"nothing.p99_ms\",\"value\":0.25,\"unit\":\"ms\"}]");
    assertThat(run("bench", "something")).isEqualTo(1);
    assertThat(err.toString()).contains("no benchmark is called \"something\"; there are: nothing");
  }

  @Test
  void timesAreReadAsPeopleWriteThem() {
    assertThat(Times.parse("500ms")).isEqualTo(Duration.ofMillis(500));
    assertThat(Times.parse("2s")).isEqualTo(Duration.ofSeconds(2));
    assertThat(Times.parse("1m")).isEqualTo(Duration.ofMinutes(1));
    assertThatThrownBy(() -> Times.parse("soon")).hasMessageContaining("write 500ms, 2s or 1m");
  }

  @Test
  void jsonObjectsAreTakenApart() {
    assertThat(JsonCall.split("{\"a\": \"}{\\\"\"}\n{\"b\": {\"c\": 1}},{}"))
        .containsExactly("{\"a\": \"}{\\\"\"}", "{\"b\": {\"c\": 1}}", "{}");
    assertThat(JsonCall.split("")).isEmpty();
  }

  /// Measures nothing.
  public static final class Nothing implements Benchmark {
    @Override
    public String name() {
      return "nothing";
    }

    @Override
    public String description() {
      return "measures nothing, fast";
    }

    @Override
    public List<Figure> run(BenchArguments arguments) {
      return List.of(
          new Figure("nothing.per_s", 1_234_567, "1/s"), new Figure("nothing.p99_ms", 0.25, "ms"));
    }
  }

  private int run(String... args) {
    CommandLine line = CommandLines.of(new Program(TinySystem.plan(), TinySystem.class));
    String[] all = args;
    if (args.length > 0 && !args[0].equals("help") && !args[0].startsWith("-")) {
      all = withData(args);
    }
    return line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)).execute(all);
  }

  private String[] withData(String... args) {
    int command = args[0].equals("deadletters") ? 2 : 1;
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(Math.min(command, all.size()), List.of("--data", folder.toString()));
    return all.toArray(new String[0]);
  }
}
