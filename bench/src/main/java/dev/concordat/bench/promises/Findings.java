package dev.concordat.bench.promises;

import dev.concordat.bench.promises.Breach.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// What the checkers found.
///
/// @param breaches in the order in which they happened, reader by reader
public record Findings(List<Breach> breaches) {
  /// Copies the breaches.
  public Findings {
    breaches = List.copyOf(breaches);
  }

  /// All of these together.
  public static Findings of(List<Findings> parts) {
    List<Breach> all = new ArrayList<>();
    parts.forEach(part -> all.addAll(part.breaches));
    return new Findings(all);
  }

  /// Whether every promise was kept.
  public boolean clean() {
    return breaches.isEmpty();
  }

  /// How many there are of a kind.
  public long count(Kind kind) {
    return breaches.stream().filter(breach -> breach.kind() == kind).count();
  }

  /// The first ones of each kind.
  public List<Breach> first(int ofEach) {
    return Arrays.stream(Kind.values())
        .flatMap(kind -> breaches.stream().filter(breach -> breach.kind() == kind).limit(ofEach))
        .toList();
  }

  /// The counts in words: `0 lost, 0 duplicated, …`.
  @Override
  public String toString() {
    return Arrays.stream(Kind.values())
        .map(kind -> count(kind) + " " + kind.words())
        .collect(Collectors.joining(", "));
  }
}
