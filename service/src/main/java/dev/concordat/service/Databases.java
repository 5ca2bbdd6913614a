package dev.concordat.service;

/// Where a part's data lives.
///
/// @param own JDBC URL of the service's own database, with user and password if it needs any; empty
///   for a part that has none
/// @param shared JDBC URL of the database with the registry, the log and the spans
/// @param connections the most connections held to its own; default 10
public record Databases(String own, String shared, int connections) {
  private static final int CONNECTIONS = 10;

  /// With the default number of connections.
  public Databases(String own, String shared) {
    this(own, shared, CONNECTIONS);
  }

  /// Checks the number.
  public Databases {
    if (connections < 2) {
      throw new IllegalArgumentException(
          "a service needs at least 2 connections, got " + connections);
    }
  }

  /// The same with another database of its own.
  public Databases withOwn(String own) {
    return new Databases(own, shared, connections);
  }
}
