package dev.concordat.service;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A whole system, declared in one typed program: its parts, and which of them have databases.
///
/// ```java
/// Plan.named("shop")
///     .foreign("paypoint", Paypoint::start)
///     .service("stock", Stock::start)
///     .service("orders", Orders::start)
///     .edge("edge", ShopEdge::start);
/// ```
///
/// Threads: immutable; each method gives a copy.
///
/// @param name what the system is called
/// @param parts all parts, in the order declared
public record Plan(String name, List<Part> parts) {
  /// Checks that no two parts have the same name.
  public Plan {
    parts = List.copyOf(parts);
    long names = parts.stream().map(Part::name).distinct().count();
    if (names != parts.size()) {
      throw new IllegalArgumentException("two parts of " + name + " have the same name");
    }
  }

  /// A system without parts.
  public static Plan named(String name) {
    return new Plan(name, List.of());
  }

  /// Adds a service: it gets a database of its own.
  public Plan service(String name, Part.Start start) {
    return with(new Part(name, Part.Kind.SERVICE, start));
  }

  /// Adds somebody else's system; its address is told to all others under this name.
  public Plan foreign(String name, Part.Start start) {
    return with(new Part(name, Part.Kind.FOREIGN, start));
  }

  /// Adds the door to the outside.
  public Plan edge(String name, Part.Start start) {
    return with(new Part(name, Part.Kind.EDGE, start));
  }

  /// The parts of one kind, in the order declared.
  public List<Part> parts(Part.Kind kind) {
    return parts.stream().filter(part -> part.kind() == kind).toList();
  }

  /// The part with this name.
  public Optional<Part> part(String name) {
    return parts.stream().filter(part -> part.name().equals(name)).findFirst();
  }

  private Plan with(Part part) {
    List<Part> more = new ArrayList<>(parts);
    more.add(part);
    return new Plan(name, more);
  }
}
