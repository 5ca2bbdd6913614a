package dev.concordat.service;

import com.zaxxer.hikari.HikariDataSource;
import dev.concordat.calls.discovery.Registry;
import dev.concordat.core.Clock;
import dev.concordat.events.log.Broker;
import dev.concordat.events.personal.MasterKeys;
import dev.concordat.events.personal.PersonKeys;
import dev.concordat.telemetry.SpanStore;
import dev.concordat.telemetry.SpanStoreOptions;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What all services of a system share, as one process sees it: who listens where and the spans, in
/// one database, and the log, there or elsewhere. Services in one process use the same one; it
/// closes with the last.
///
/// Threads: safe for many.
final class Backbone implements AutoCloseable {
  /// Sequencers, readers, the registry and the spans of all services of the process, and one kept
  /// for being woken.
  private static final int CONNECTIONS = 10;

  private static final Map<Place, Backbone> OPEN = new HashMap<>();

  private final Place place;
  private final HikariDataSource database;
  private final SpanStore spans;
  private @Nullable Broker log;
  private @Nullable Registry registry;
  private final Map<Path, PersonKeys> keys = new HashMap<>();
  private int users;

  private Backbone(Place place) {
    this.place = place;
    this.database = Pool.open("concordat", place.shared, CONNECTIONS);
    this.spans = SpanStore.open(new LentConnections(database), SpanStoreOptions.DEFAULT);
  }

  private record Place(String shared, LogAddress log) {}

  /// The one for these databases; to be closed by each who opened it.
  static Backbone open(Databases databases) {
    synchronized (OPEN) {
      Place place = new Place(databases.shared(), databases.log());
      Backbone backbone = OPEN.computeIfAbsent(place, Backbone::new);
      backbone.users++;
      return backbone;
    }
  }

  /// Opened when first asked for: others may be found elsewhere.
  Registry registry() {
    synchronized (OPEN) {
      Registry open = registry == null ? Registry.open(new LentConnections(database)) : registry;
      registry = open;
      return open;
    }
  }

  SpanStore spans() {
    return spans;
  }

  /// Opened when first asked for: the edge needs none.
  Broker log() {
    synchronized (OPEN) {
      Broker open = log == null ? place.log.open(database) : log;
      log = open;
      return open;
    }
  }

  /// The keys of personal data; empty without master keys. Services of the process that have the
  /// same file share them, so that what one of them forgets the others know at once.
  Optional<PersonKeys> keys(Optional<Path> masterKeys) {
    synchronized (OPEN) {
      return masterKeys.map(file ->
          keys.computeIfAbsent(
              file, read -> PersonKeys.open(database, MasterKeys.read(read), Clock.SYSTEM)));
    }
  }

  @Override
  public void close() {
    synchronized (OPEN) {
      users--;
      if (users > 0) {
        return;
      }
      OPEN.remove(place);
    }
    if (log != null) {
      log.close();
    }
    if (registry != null) {
      registry.close();
    }
    spans.close();
    database.close();
  }
}
