package dev.concordat.service;

import com.zaxxer.hikari.HikariDataSource;
import dev.concordat.calls.discovery.Registry;
import dev.concordat.events.log.Broker;
import dev.concordat.events.log.PostgresLog;
import dev.concordat.telemetry.SpanStore;
import dev.concordat.telemetry.SpanStoreOptions;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What all services of a system share, as one process sees it: who listens where, the log, and the
/// spans, all in one database. Services in one process use the same one; it closes with the last.
///
/// Threads: safe for many.
final class Backbone implements AutoCloseable {
  /// Sequencers, readers, the registry and the spans of all services of the process, and one kept
  /// for being woken.
  private static final int CONNECTIONS = 10;

  private static final Map<String, Backbone> OPEN = new HashMap<>();

  private final String url;
  private final HikariDataSource database;
  private final SpanStore spans;
  private @Nullable Broker log;
  private @Nullable Registry registry;
  private int users;

  private Backbone(String url) {
    this.url = url;
    this.database = Pool.open("concordat", url, CONNECTIONS);
    this.spans = SpanStore.open(database, SpanStoreOptions.DEFAULT);
  }

  /// The one for this database; to be closed by each who opened it.
  static Backbone open(String url) {
    synchronized (OPEN) {
      Backbone backbone = OPEN.computeIfAbsent(url, Backbone::new);
      backbone.users++;
      return backbone;
    }
  }

  /// Opened when first asked for: others may be found elsewhere.
  Registry registry() {
    synchronized (OPEN) {
      Registry open = registry == null ? Registry.open(database) : registry;
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
      Broker open = log == null ? PostgresLog.open(database) : log;
      log = open;
      return open;
    }
  }

  @Override
  public void close() {
    synchronized (OPEN) {
      users--;
      if (users > 0) {
        return;
      }
      OPEN.remove(url);
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
