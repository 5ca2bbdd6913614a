package dev.concordat.service;

import java.nio.file.Path;
import java.util.Optional;

/// Where a part's data lives.
///
/// @param own JDBC URL of the service's own database, with user and password if it needs any; empty
///   for a part that has none
/// @param shared JDBC URL of the database with the registry, the spans and, unless it is elsewhere,
///   the log
/// @param connections the most connections held to its own, at least 3; default 10
/// @param log where the log is; default the shared database
/// @param masterKeys the file with the keys that open the keys of personal data, which are in the
///   shared database; empty, the default, for a part that neither tells nor reads personal data
public record Databases(
    String own, String shared, int connections, LogAddress log, Optional<Path> masterKeys) {
  private static final int CONNECTIONS = 10;

  /// One listens, one is in a transaction, one is for what goes on beside.
  private static final int LEAST = 3;

  /// With the default number of connections.
  public Databases(String own, String shared) {
    this(own, shared, CONNECTIONS, LogAddress.SHARED, Optional.empty());
  }

  /// Checks the number.
  public Databases {
    if (connections < LEAST) {
      throw new IllegalArgumentException(
          "a service needs at least " + LEAST + " connections, got " + connections);
    }
  }

  /// The same with another database of its own.
  public Databases withOwn(String own) {
    return new Databases(own, shared, connections, log, masterKeys);
  }

  /// The same with the log elsewhere.
  public Databases withLog(LogAddress log) {
    return new Databases(own, shared, connections, log, masterKeys);
  }

  /// The same with master keys.
  public Databases withMasterKeys(Path file) {
    return new Databases(own, shared, connections, log, Optional.of(file));
  }
}
