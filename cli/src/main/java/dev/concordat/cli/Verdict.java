package dev.concordat.cli;

import java.util.List;

/// What came of a drill.
///
/// @param passed whether what must not happen has not happened
/// @param sentence for people, with the numbers that count
/// @param figures for programs
public record Verdict(boolean passed, String sentence, List<Figure> figures) {
  /// Copies the figures.
  public Verdict {
    figures = List.copyOf(figures);
  }
}
