package dev.concordat.events.store;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/// The tables of one part, step by step: each step is a script that runs once, in the order of the
/// list. Many starters at once are safe: one works, the others wait and find it done.
///
/// @param part name of the part
/// @param steps resources beside this class
public record Schema(String part, List<String> steps) {
  /// Outbox, subscriptions, dead letters: in the service's own database.
  public static final Schema EVENTS =
      new Schema("events", List.of("events-1.sql", "events-2.sql", "events-3.sql", "events-4.sql"));

  /// What dead letters say beyond the first version: in the service's own database, after
  /// [#EVENTS].
  public static final Schema DEAD_LETTERS =
      new Schema("dead letters", List.of("dead-letters-1.sql"));

  /// Tasks: in the worker's own database. Needs the dead letters of [#EVENTS].
  public static final Schema TASKS =
      new Schema("tasks", List.of("tasks-1.sql", "tasks-2.sql", "tasks-3.sql"));

  /// What schedules say beyond the first version: in the worker's own database, after [#TASKS].
  public static final Schema SCHEDULES = new Schema("schedules", List.of("schedules-1.sql"));

  /// Sagas: in the service's own database.
  public static final Schema SAGAS = new Schema("sagas", List.of("sagas-1.sql", "sagas-2.sql"));

  /// The log: in a database that the services share.
  public static final Schema LOG = new Schema("log", List.of("log-1.sql", "log-2.sql"));

  /// The keys of personal data: in the database that the services share.
  public static final Schema PERSONAL = new Schema("personal data", List.of("personal-1.sql"));

  private static final String LOCK =
      "select pg_advisory_xact_lock(hashtextextended('concordat.schema', 0))";
  private static final String BOOTSTRAP =
      """
      create schema if not exists concordat;
      create table if not exists concordat.schema_step (
        part text not null,
        step int not null,
        script text not null,
        at timestamptz not null default now(),
        primary key (part, step)
      )
      """;
  private static final String STEPS_TAKEN =
      "select coalesce(max(step), 0) from concordat.schema_step where part = ?";
  private static final String STEP_TAKEN =
      "insert into concordat.schema_step (part, step, script) values (?, ?, ?)";

  /// Makes what is missing of this part.
  ///
  /// @throws Failure with [Code#FAILED_PRECONDITION] when a newer version has been here; nothing is
  ///   changed then
  public void create(Database database) {
    create(database, List.of(this));
  }

  /// The same for several parts: all or nothing.
  public static void create(Database database, List<Schema> parts) {
    database.transact(connection -> {
      try (Statement statement = connection.createStatement()) {
        statement.execute(LOCK);
        statement.execute(BOOTSTRAP);
        for (Schema part : parts) {
          part.requireNotNewer(connection);
        }
        for (Schema part : parts) {
          part.take(connection, statement);
        }
      }
      return true;
    });
  }

  private void requireNotNewer(Connection connection) throws SQLException {
    int taken = taken(connection);
    if (taken > steps.size()) {
      throw Failure.of(
          Code.FAILED_PRECONDITION,
          "the database was made by a newer version of Concordat: its part "
              + part
              + " is at step "
              + taken
              + ", and this version knows "
              + steps.size()
              + ". Nothing was changed. Deploy the newer version again, or restore the backup from"
              + " before it");
    }
  }

  private void take(Connection connection, Statement statement) throws SQLException {
    for (int step = taken(connection) + 1; step <= steps.size(); step++) {
      String script = steps.get(step - 1);
      statement.execute(text(script));
      record(connection, step, script);
    }
  }

  private int taken(Connection connection) throws SQLException {
    try (var query = connection.prepareStatement(STEPS_TAKEN)) {
      query.setString(1, part);
      try (var rows = query.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  private void record(Connection connection, int step, String script) throws SQLException {
    try (var insert = connection.prepareStatement(STEP_TAKEN)) {
      insert.setString(1, part);
      insert.setInt(2, step);
      insert.setString(3, script);
      insert.executeUpdate();
    }
  }

  private static String text(String script) {
    try (InputStream in = Schema.class.getResourceAsStream(script)) {
      if (in == null) {
        throw new IllegalStateException(script + " is missing beside " + Schema.class.getName());
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
