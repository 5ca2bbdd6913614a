package dev.concordat.bench.simulation;

import dev.concordat.cli.Figure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Scenarios played with every stack.
///
/// @param seed everything random comes from it
/// @param scenarios which ones
record Simulation(long seed, List<Scenario> scenarios) {
  /// What the committed report was made with.
  static final long SEED = 1;

  /// The version of Resilience4j, as the report names it; the build tests that it is true.
  static final String RESILIENCE4J = "2.4.0";

  /// Plays.
  Map<Scenario, List<Result>> play() {
    Map<Scenario, List<Result>> results = new LinkedHashMap<>();
    for (Scenario scenario : scenarios) {
      List<Result> columns = new ArrayList<>();
      Stack.ALL.forEach(stack -> columns.add(scenario.play(seed, stack)));
      results.put(scenario, columns);
    }
    return results;
  }

  /// The page for these results.
  String page(Map<Scenario, List<Result>> results) {
    return new Report(seed, RESILIENCE4J, results).page();
  }

  /// For programs: ours as `sim.overload.goodput`, the others' as `sim.overload.goodput.KEY`.
  static List<Figure> figures(Map<Scenario, List<Result>> results) {
    List<Figure> figures = new ArrayList<>();
    results.forEach((scenario, columns) -> {
      String prefix = "sim." + scenario.name().replace('-', '_') + ".";
      for (int i = 0; i < columns.size(); i++) {
        String key = Stack.ALL.get(i).key();
        for (Result.Value value : columns.get(i).values()) {
          if (!value.key().isEmpty() && Double.isFinite(value.number())) {
            figures.add(
                new Figure(prefix + value.key() + (i == 0 ? "" : "." + key), value.number(), ""));
          }
        }
      }
    });
    return figures;
  }
}
