package dev.concordat.service;

/// One part of a system: what it is called and how it starts.
///
/// @param name lower case letters, digits and dashes; unique in the system
/// @param kind what it needs
/// @param start starts it
public record Part(String name, Kind kind, Start start) {
  /// Checks the name.
  public Part {
    if (!name.matches("[a-z][a-z0-9-]*")) {
      throw new IllegalArgumentException(
          "a part's name is lower case letters, digits and dashes, got \"" + name + "\"");
    }
  }

  /// What a part needs. They start in this order and stop in the reverse.
  public enum Kind {
    /// Somebody else's system; has no database here. Its address is told to all others.
    FOREIGN,
    /// A service with a database of its own, found through the registry.
    SERVICE,
    /// The door to the outside; it is ready when all services are.
    EDGE
  }

  /// Starts a part.
  @FunctionalInterface
  public interface Start {
    /// Returns once the part answers.
    ///
    /// @param environment where it runs
    Running start(Environment environment) throws Exception;
  }
}
