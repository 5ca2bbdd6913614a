package dev.concordat.bench.simulation;

import dev.concordat.cli.BenchArguments;
import dev.concordat.cli.Benchmark;
import dev.concordat.cli.Figure;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Slow, silent, failing and overloaded fleets in virtual time: what our decisions make of them,
/// and what others' do. Takes seconds, and gives the same figures on every machine.
public final class SimulationBenchmark implements Benchmark {
  @Override
  public String name() {
    return "simulation";
  }

  @Override
  public String description() {
    return "slow, silent, failing and overloaded fleets in virtual time, ours beside others'";
  }

  @Override
  public List<Figure> run(BenchArguments arguments) throws IOException {
    Options options = Options.of(arguments.options());
    PrintWriter out = arguments.out();
    if (options.help()) {
      out.print(usage());
      out.flush();
      return List.of();
    }
    Simulation simulation = new Simulation(options.seed(), options.scenarios());
    Map<Scenario, List<Result>> results = simulation.play();
    results.forEach((scenario, columns) -> out.println(Report.section(scenario, columns)));
    out.flush();
    if (options.report().isPresent()) {
      Files.writeString(options.report().get(), simulation.page(results));
    }
    return Simulation.figures(results);
  }

  private static String usage() {
    return """
    usage: concordat bench simulation [--seed N] [--scenario NAME] [--report FILE]

      --seed N         where everything random comes from; default %d
      --scenario NAME  only this one: %s
      --report FILE    also write the page to a file; bench/simulation.md is the one that the build compares
    """
        .formatted(
            Simulation.SEED,
            Scenario.ALL.stream().map(Scenario::name).collect(Collectors.joining(", ")));
  }

  private record Options(long seed, List<Scenario> scenarios, Optional<Path> report, boolean help) {
    static Options of(List<String> words) {
      Options options = new Options(Simulation.SEED, Scenario.ALL, Optional.empty(), false);
      for (Iterator<String> rest = words.iterator(); rest.hasNext(); ) {
        String word = rest.next();
        options =
            switch (word) {
              case "--help", "-h" ->
                  new Options(options.seed, options.scenarios, options.report, true);
              case "--seed" ->
                  new Options(
                      number(value(word, rest)), options.scenarios, options.report, options.help);
              case "--scenario" ->
                  new Options(
                      options.seed,
                      List.of(scenario(value(word, rest))),
                      options.report,
                      options.help);
              case "--report" ->
                  new Options(
                      options.seed,
                      options.scenarios,
                      Optional.of(Path.of(value(word, rest))),
                      options.help);
              default -> throw refused("unknown option " + word);
            };
      }
      return options;
    }

    private static String value(String option, Iterator<String> rest) {
      if (!rest.hasNext()) {
        throw refused(option + " needs a value");
      }
      return rest.next();
    }

    private static long number(String word) {
      try {
        return Long.parseLong(word);
      } catch (NumberFormatException e) {
        throw refused("a seed is a whole number, got \"" + word + "\"");
      }
    }

    private static Scenario scenario(String name) {
      return Scenario.ALL.stream()
          .filter(one -> one.name().equals(name))
          .findFirst()
          .orElseThrow(() -> refused("no scenario is called \"" + name + "\""));
    }

    private static Failure refused(String what) {
      return Failure.of(Code.INVALID_ARGUMENT, what + "\n" + usage());
    }
  }
}
