package dev.concordat.cli;

import java.util.List;

/// One thing that is measured; `concordat bench NAME` finds it through [java.util.ServiceLoader].
public interface Benchmark {
  /// What it is called on the command line, for example `road`.
  String name();

  /// What it measures, in one line.
  String description();

  /// Its own options, for people; empty when it has none.
  default String help() {
    return "";
  }

  /// Measures.
  ///
  /// @return the figures, in the order in which they are shown
  List<Figure> run(BenchArguments arguments) throws Exception;
}
