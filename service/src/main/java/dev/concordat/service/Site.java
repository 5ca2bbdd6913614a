package dev.concordat.service;

import dev.concordat.core.Clock;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Where a whole system runs.
///
/// @param host the address that every part listens on; default `127.0.0.1`
/// @param port the edge's port; 0 takes a free one
/// @param databases where the databases are; those that are missing are created
/// @param data the system's folder
public record Site(String host, int port, DatabaseServer databases, Path data) {
  /// The database with the registry, the log and the spans.
  public static final String SHARED = "concordat";

  /// On this machine.
  public Site(int port, DatabaseServer databases, Path data) {
    this("127.0.0.1", port, databases, data);
  }

  /// What one part sees of it.
  ///
  /// @param port the port it is to listen on; 0 for a free one
  /// @param addresses where the foreign parts are
  public Environment environment(Part part, int port, Map<String, String> addresses) {
    String own = part.kind() == Part.Kind.SERVICE ? databases.url(database(part.name())) : "";
    return new Environment(
        part.name(),
        host,
        port,
        new Databases(own, sharedUrl()),
        data.resolve("parts").resolve(part.name()),
        Neighbours.DEFAULT.withAddresses(addresses),
        Clock.SYSTEM);
  }

  /// JDBC URL of the database with the registry, the log and the spans.
  public String sharedUrl() {
    return databases.url(SHARED);
  }

  /// Creates the databases of the plan that are not there yet.
  public void createDatabases(Plan plan) {
    databases.create(names(plan));
  }

  private static List<String> names(Plan plan) {
    return Stream.concat(
            Stream.of(SHARED),
            plan.parts(Part.Kind.SERVICE).stream().map(part -> database(part.name())))
        .toList();
  }

  private static String database(String part) {
    return part.replace('-', '_');
  }
}
