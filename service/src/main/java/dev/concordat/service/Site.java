package dev.concordat.service;

import dev.concordat.core.Clock;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Where a whole system runs.
///
/// @param host the address that every part listens on; default `127.0.0.1`
/// @param port the edge's port; 0 takes a free one
/// @param databases where the databases are; those that are missing are created
/// @param data the system's folder
/// @param authority who certifies the parts; without one, the default, they believe each other's
///   names
/// @param log where the log is; default the shared database
/// @param masterKeys the file with the keys of personal data, which every service may read; default
///   none
public record Site(
    String host,
    int port,
    DatabaseServer databases,
    Path data,
    Optional<LocalAuthority> authority,
    LogAddress log,
    Optional<Path> masterKeys) {
  /// The database with the registry, the log and the spans.
  public static final String SHARED = "concordat";

  /// On this machine.
  public Site(int port, DatabaseServer databases, Path data) {
    this("127.0.0.1", port, databases, data);
  }

  /// Without an authority.
  public Site(String host, int port, DatabaseServer databases, Path data) {
    this(host, port, databases, data, Optional.empty(), LogAddress.SHARED, Optional.empty());
  }

  /// The same on another address.
  public Site withHost(String host) {
    return new Site(host, port, databases, data, authority, log, masterKeys);
  }

  /// The same with parts that prove who they are.
  public Site withAuthority(LocalAuthority authority) {
    return new Site(host, port, databases, data, Optional.of(authority), log, masterKeys);
  }

  /// The same with the log elsewhere.
  public Site withLog(LogAddress log) {
    return new Site(host, port, databases, data, authority, log, masterKeys);
  }

  /// The same with keys for personal data.
  public Site withMasterKeys(Path file) {
    return new Site(host, port, databases, data, authority, log, Optional.of(file));
  }

  /// What one part sees of it.
  ///
  /// @param port the port it is to listen on; 0 for a free one
  /// @param addresses where the foreign parts are
  public Environment environment(Part part, int port, Map<String, String> addresses) {
    return new Environment(
        part.name(),
        new Environment.Listen(host, port),
        databases(part),
        data.resolve("parts").resolve(part.name()),
        Neighbours.DEFAULT.withAddresses(addresses),
        part.kind() == Part.Kind.FOREIGN
            ? Identity.NONE
            : authority.map(it -> it.identity(part.name())).orElse(Identity.NONE),
        Clock.SYSTEM);
  }

  private Databases databases(Part part) {
    if (part.kind() != Part.Kind.SERVICE) {
      return new Databases("", sharedUrl()).withLog(log);
    }
    Databases all = new Databases(databases.url(database(part.name())), sharedUrl()).withLog(log);
    return masterKeys.map(all::withMasterKeys).orElse(all);
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
