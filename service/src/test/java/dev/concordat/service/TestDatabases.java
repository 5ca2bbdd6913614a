package dev.concordat.service;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// One PostgreSQL for all tests of this JVM, with new databases for each who asks.
final class TestDatabases {
  private static final EmbeddedPostgres POSTGRES = start();
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private TestDatabases() {}

  static DatabaseServer server() {
    return new DatabaseServer("127.0.0.1", POSTGRES.getPort(), "postgres");
  }

  /// The URL of a new and empty database.
  static String create(String name) {
    String database = name + "_" + NUMBER.incrementAndGet();
    server().create(List.of(database));
    return server().url(database);
  }

  /// An environment with a database of its own.
  static Environment environment(String name, String shared) {
    return new Environment(name, new Databases(create(name), shared), Path.of("target", name));
  }

  private static EmbeddedPostgres start() {
    try {
      return EmbeddedPostgres.builder().setServerConfig("max_connections", "200").start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
