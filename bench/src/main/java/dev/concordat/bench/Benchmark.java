package dev.concordat.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/// One question about cost, answered by measuring.
public interface Benchmark {
  /// All there are.
  List<Benchmark> ALL = List.of(new RoadBenchmark());

  /// What it is called on the command line.
  String name();

  /// What it measures, in one line.
  String description();

  /// Measures. Takes minutes; blocks.
  ///
  /// @param progress where to say what is going on
  /// @throws IOException when what is measured cannot be started or answers wrongly
  /// @throws InterruptedException when stopped; what was started is stopped too
  List<Figure> run(PrintStream progress) throws IOException, InterruptedException;
}
