package dev.concordat.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `concordat drill`: makes trouble on purpose and says whether anybody noticed.
@Command(
    name = "drill",
    description = "Makes trouble on purpose with processes of its own; lists what there is.",
    footer = {"", "Exit codes: 0 nothing failed that must not, 1 something did."})
final class DrillCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "Which drill.")
  private Optional<String> name = Optional.empty();

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "How long the trouble lasts. Default: as the drill says.")
  private Optional<Integer> seconds = Optional.empty();

  @Option(
      names = "--instances",
      paramLabel = "N",
      defaultValue = "3",
      description = "Processes that serve. Default: ${DEFAULT-VALUE}.")
  private int instances = 3;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Calls per second. Default: 200, or as the drill says.")
  private Optional<Integer> rate = Optional.empty();

  @Option(
      names = "--broken",
      description = "The way that is expected to fail, to see that the drill notices.")
  private boolean broken;

  @Option(names = "--minutes", paramLabel = "N", description = "The same in minutes.")
  private Optional<Integer> minutes = Optional.empty();

  @Option(
      names = "--kills",
      paramLabel = "N",
      description = "How many processes are killed. Default: as the drill says.")
  private Optional<Integer> kills = Optional.empty();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of all that is random. Default: another one each time, which is told.")
  private Optional<Long> seed = Optional.empty();

  @Option(names = "--kafka", description = "With the log on Kafka instead of PostgreSQL.")
  private boolean kafka;

  @Option(
      names = "--variant",
      paramLabel = "NAME",
      description = "Only this one of several variants. Default: all.")
  private Optional<String> variant = Optional.empty();

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Also write the figures to this file: [{\"name\", \"value\", \"unit\"}].")
  private @Nullable Path json;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    List<Drill> all =
        ServiceLoader.load(Drill.class).stream().map(ServiceLoader.Provider::get).toList();
    if (name.isEmpty()) {
      all.forEach(one -> out.printf("%-20s %s%n", one.name(), one.description()));
      all.forEach(one -> out.printf("%-20s with --broken: %s%n", one.name(), one.broken()));
      out.flush();
      return 0;
    }
    checkBounds();
    Drill chosen =
        all.stream()
            .filter(one -> one.name().equals(name.get()))
            .findFirst()
            .orElseThrow(() -> Refusal.because(unknown(all)));
    Verdict verdict =
        chosen.run(
            new DrillArguments(
                seconds.map(Duration::ofSeconds).or(() -> minutes.map(Duration::ofMinutes)),
                instances,
                rate.orElseGet(chosen::rate),
                broken,
                new DrillArguments.Trouble(kills, seed, kafka, variant),
                out));
    Figures.show(verdict.figures(), out);
    if (json != null) {
      Figures.write(verdict.figures(), json);
    }
    out.println((verdict.passed() ? "passed: " : "FAILED: ") + verdict.sentence());
    out.flush();
    return verdict.passed() ? 0 : 1;
  }

  private void checkBounds() {
    long shortest = Math.min(seconds.orElse(Integer.MAX_VALUE), minutes.orElse(Integer.MAX_VALUE));
    if (instances < 2 || rate.orElse(1) < 1 || shortest < 1 || kills.orElse(1) < 1) {
      throw Refusal.because(
          "a drill takes --instances from 2; --rate, --seconds, --minutes and --kills from 1");
    }
  }

  private String unknown(List<Drill> all) {
    String names = all.stream().map(Drill::name).sorted().collect(Collectors.joining(", "));
    return "no drill is called \""
        + name.orElse("")
        + "\"; there "
        + (names.isEmpty() ? "is none on the class path" : "are: " + names);
  }
}
