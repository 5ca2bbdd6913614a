package dev.concordat.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

/// What a benchmark is told.
///
/// @param data the data folder named with `--data`, absolute; a benchmark that starts a system of
///   its own need not look at it
/// @param options whatever follows the benchmark's name, for the benchmark to understand
/// @param out for progress; the figures are printed by the command
public record BenchArguments(Path data, List<String> options, PrintWriter out) {
  /// Copies the options.
  public BenchArguments {
    options = List.copyOf(options);
  }
}
