package dev.concordat.events.sagas;

import dev.concordat.events.Parts;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// How many unfinished sagas the service has, in all its processes, and how old the oldest one is.
/// Read now and then, so that whoever asks for a gauge does not wait for the database.
final class SagaGauges {
  private static final Duration EVERY = Duration.ofSeconds(5);

  /// Counts 10,000 of each at most: more is "many", and costs no more to find out.
  private static final String READ =
      """
      select
        (select count(*) from (
          select from concordat.saga
          where state in ('running', 'compensating') and waits_name is null limit 10000) r) as running,
        (select count(*) from (
          select from concordat.saga
          where state = 'running' and waits_name is not null limit 10000) w) as waiting,
        (select count(*) from (
          select from concordat.saga where state = 'stuck' limit 10000) s) as stuck,
        (select extract(epoch from clock_timestamp() - min(created_at))
         from concordat.saga where finished_at is null) as oldest
      """;

  private final Parts parts;
  private final List<Runnable> removals = new ArrayList<>();
  private volatile Reading last = new Reading(0, 0, 0, 0);
  private long readAt;

  SagaGauges(Parts parts) {
    this.parts = parts;
    this.readAt = parts.clock().nanos() - EVERY.toNanos();
  }

  private record Reading(double running, double waiting, double stuck, double oldest) {}

  void open() {
    var observer = parts.observer();
    removals.add(observer.gauge("concordat.sagas.running", Map.of(), () -> last.running()));
    removals.add(observer.gauge("concordat.sagas.waiting", Map.of(), () -> last.waiting()));
    removals.add(observer.gauge("concordat.sagas.stuck", Map.of(), () -> last.stuck()));
    removals.add(
        observer.gauge("concordat.sagas.oldest_age_seconds", Map.of(), () -> last.oldest()));
  }

  void close() {
    removals.forEach(Runnable::run);
  }

  /// Reads them again when it is time.
  void read() {
    long now = parts.clock().nanos();
    if (now - readAt >= EVERY.toNanos()) {
      readAt = now;
      last = parts.database().read(SagaGauges::read);
    }
  }

  private static Reading read(Connection connection) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(READ);
        ResultSet row = query.executeQuery()) {
      row.next();
      return new Reading(
          row.getDouble("running"),
          row.getDouble("waiting"),
          row.getDouble("stuck"),
          row.getDouble("oldest"));
    }
  }
}
