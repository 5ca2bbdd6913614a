package dev.concordat.bench.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// All results of one seed as a page of Markdown. Same seed, same code: the same bytes.
final class Report {
  private final long seed;
  private final String resilience4j;
  private final Map<Scenario, List<Result>> results;

  /// @param results of each scenario, in the order of [Stack#ALL]
  Report(long seed, String resilience4j, Map<Scenario, List<Result>> results) {
    this.seed = seed;
    this.resilience4j = resilience4j;
    this.results = results;
  }

  /// The whole page.
  String page() {
    StringBuilder page = new StringBuilder(head());
    results.forEach((scenario, columns) -> page.append('\n').append(section(scenario, columns)));
    return page.toString();
  }

  private String head() {
    return """
    # Simulation

    `./concordat bench simulation` (seed %d) writes this page; the build compares it with what the code does, so a change
    of behaviour is a diff of this file. Everything happens in virtual time: an event queue, one thread, a seed. The
    same arrivals meet every column.

    - **Concordat**: production's own classes decide (`dev.concordat.calls.retry`, `balance`, `protect`) with their
      defaults; the simulation only waits for them.
    - **round robin, Resilience4j**: Resilience4j %s itself, `Retry` around `CircuitBreaker` with its defaults on virtual
      time, a time limit of 1 s for each attempt (its `TimeLimiter`'s default), servers as Tomcat's defaults are.
    - **grpc-java**: a model after its source, since the real classes are bound to real channels: `RetriableStream` with
      `retryPolicy` (4 attempts, 100 ms to 1 s) and `retryThrottling` (10 tokens, 0.1), `outlier_detection` with both
      algorithms, the values of gRFC A6 and A50; deadlines handed on; handlers hand on the status they were given.

    Good: answered well within the caller's time. In percentiles every call counts, one that was not good with the whole
    of its time. All find instances in the same registry, within 500 ms. In the charts a column of characters is a
    second, its height the share of good calls; █ is all of them.
    """
        .formatted(seed, resilience4j);
  }

  /// One scenario.
  static String section(Scenario scenario, List<Result> columns) {
    StringBuilder section = new StringBuilder();
    section.append("## ").append(scenario.name()).append('\n');
    section.append(scenario.story()).append("\n\n");
    List<String> names = Stack.ALL.stream().map(Stack::name).toList();
    section.append(row("", names)).append('|').append("---|".repeat(names.size() + 1)).append('\n');
    for (int line = 0; line < columns.getFirst().values().size(); line++) {
      List<String> cells = new ArrayList<>();
      for (Result column : columns) {
        cells.add(column.values().get(line).text());
      }
      section.append(row(columns.getFirst().values().get(line).label(), cells));
    }
    if (!columns.getFirst().chart().isEmpty()) {
      section.append("\n```\n");
      int width = names.stream().mapToInt(String::length).max().orElse(0);
      for (int i = 0; i < columns.size(); i++) {
        section.append(("%-" + width + "s  %s\n").formatted(names.get(i), columns.get(i).chart()));
      }
      section.append("```\n");
    }
    return section.toString();
  }

  private static String row(String label, List<String> cells) {
    return "| " + label + " | " + String.join(" | ", cells) + " |\n";
  }
}
