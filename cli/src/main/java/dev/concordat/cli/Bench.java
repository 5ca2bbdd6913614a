package dev.concordat.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `concordat bench`: measures, and shows the figures to people or to programs.
@Command(
    name = "bench",
    description = "Measures; without a name, lists what can be measured.",
    footer = {"", "`concordat bench NAME --help` shows the options of one of them."})
final class Bench implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DataOption data = new DataOption();

  @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "What to measure.")
  private Optional<String> name = Optional.empty();

  @Parameters(index = "1..*", paramLabel = "OPTION", description = "Options of the benchmark.")
  private List<String> options = new ArrayList<>();

  @Option(
      names = {"-h", "--help"},
      description = "Show this help, or that of a benchmark, and exit.")
  private boolean help;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Also write the figures to this file: [{\"name\", \"value\", \"unit\"}].")
  private @Nullable Path json;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    List<Benchmark> all =
        ServiceLoader.load(Benchmark.class).stream().map(ServiceLoader.Provider::get).toList();
    if (name.isEmpty() && help) {
      spec.commandLine().usage(out);
      return 0;
    }
    if (name.isEmpty()) {
      all.forEach(one -> out.printf("%-16s %s%n", one.name(), one.description()));
      return 0;
    }
    Benchmark chosen =
        all.stream()
            .filter(one -> one.name().equals(name.get()))
            .findFirst()
            .orElseThrow(() -> Refusal.because(unknown(all)));
    if (help) {
      out.println(chosen.name() + ": " + chosen.description());
      out.println(chosen.help());
      out.flush();
      return 0;
    }
    if (!options.isEmpty() && chosen.help().isEmpty()) {
      throw Refusal.because("`bench " + chosen.name() + "` has no options, got " + options);
    }
    List<Figure> figures = chosen.run(new BenchArguments(data.path(), options, out));
    Figures.show(figures, out);
    if (json != null) {
      Figures.write(figures, json);
    }
    return 0;
  }

  private String unknown(List<Benchmark> all) {
    String names = all.stream().map(Benchmark::name).sorted().collect(Collectors.joining(", "));
    return "no benchmark is called \""
        + name.orElse("")
        + "\"; there "
        + (names.isEmpty() ? "is none on the class path" : "are: " + names);
  }
}
