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
  public String help() {
    return """
      --seed N         where everything random comes from; default %d
      --scenario NAME  only this one: %s
      --report FILE    also write the page; the build compares bench/simulation.md\
    """
        .formatted(
            Simulation.SEED,
            Scenario.ALL.stream().map(Scenario::name).collect(Collectors.joining(", ")));
  }

  @Override
  public List<Figure> run(BenchArguments arguments) throws IOException {
    Options options = Options.of(arguments.options());
    PrintWriter out = arguments.out();
    Simulation simulation = new Simulation(options.seed(), options.scenarios());
    Map<Scenario, List<Result>> results = simulation.play();
    results.forEach((scenario, columns) -> out.println(Report.section(scenario, columns)));
    out.flush();
    if (options.report().isPresent()) {
      Files.writeString(options.report().get(), simulation.page(results));
    }
    return Simulation.figures(results);
  }

  private record Options(long seed, List<Scenario> scenarios, Optional<Path> report) {
    static Options of(List<String> words) {
      Options options = new Options(Simulation.SEED, Scenario.ALL, Optional.empty());
      for (Iterator<String> rest = words.iterator(); rest.hasNext(); ) {
        options = options.with(rest.next(), rest);
      }
      return options;
    }

    private Options with(String word, Iterator<String> rest) {
      return switch (word) {
        case "--seed" -> new Options(number(value(word, rest)), scenarios, report);
        case "--scenario" -> new Options(seed, List.of(scenario(value(word, rest))), report);
        case "--report" -> new Options(seed, scenarios, Optional.of(Path.of(value(word, rest))));
        default -> throw refused("unknown option " + word);
      };
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
          .orElseThrow(() -> refused("no scenario is called \"" + name + "\"; see --help"));
    }

    private static Failure refused(String what) {
      return Failure.of(Code.INVALID_ARGUMENT, what);
    }
  }
}
