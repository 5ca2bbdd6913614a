package dev.concordat.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// The table of spans, as it is written.
final class SpanRows {
  private static final int STATEMENT_SECONDS = 5;
  private static final AttributeKey<String> KEY = AttributeKey.stringKey(SpanAttributes.KEY);
  private static final AttributeKey<String> ERROR = AttributeKey.stringKey(SpanAttributes.ERROR);
  private static final AttributeKey<String> FAILURE = AttributeKey.stringKey("concordat.failure");
  private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("service.name");
  private static final AttributeKey<String> INSTANCE =
      AttributeKey.stringKey("service.instance.id");

  // Held to the end of the transaction: "create … if not exists" fails when two do it at once.
  private static final String ONE_AT_A_TIME =
      "select pg_advisory_xact_lock(hashtext('concordat.telemetry'))";

  private static final List<String> CREATE =
      List.of(
          ONE_AT_A_TIME,
          "create schema if not exists telemetry",
          """
          create table if not exists telemetry.span (
            seq        bigint generated always as identity,
            trace_id   text   not null,
            span_id    text   not null,
            parent_id  text,
            service    text   not null,
            instance   text,
            name       text   not null,
            kind       text   not null,
            began      bigint not null,
            took       bigint not null,
            error      text,
            message    text,
            key        text,
            attributes jsonb  not null,
            events     jsonb  not null,
            primary key (trace_id, span_id)
          )
          """,
          "create index if not exists span_key on telemetry.span (key, began) where key is not"
              + " null",
          "create index if not exists span_seq on telemetry.span (seq)",
          "create index if not exists span_began on telemetry.span using brin (began)");

  // A batch that was written but not heard of is written again, hence "do nothing". Losing the last
  // moments of telemetry in a crash of the database is cheaper than waiting for its disk.
  private static final String WITHOUT_WAITING = "set local synchronous_commit = off";
  private static final String INSERT =
      """
      insert into telemetry.span (trace_id, span_id, parent_id, service, instance, name, kind,
        began, took, error, message, key, attributes, events)
      select trace_id, span_id, parent_id, service, instance, name, kind,
        began, took, error, message, key, attributes::jsonb, events::jsonb
      from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
        ?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[])
        as span (trace_id, span_id, parent_id, service, instance, name, kind,
          began, took, error, message, key, attributes, events)
      on conflict do nothing
      """;

  private static final String PRUNE =
      """
      delete from telemetry.span
      where seq <= (select coalesce(max(seq), 0) from telemetry.span) - ? or began < ?
      """;

  private final DataSource database;

  SpanRows(DataSource database) {
    this.database = database;
  }

  void create() throws SQLException {
    inTransaction(connection -> {
      try (Statement statement = connection.createStatement()) {
        for (String sql : CREATE) {
          statement.execute(sql);
        }
      }
    });
  }

  void insert(List<SpanData> spans) throws SQLException {
    inTransaction(connection -> {
      execute(connection, WITHOUT_WAITING);
      try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
        insert.setQueryTimeout(STATEMENT_SECONDS);
        new Columns(connection, insert, spans).set();
        insert.executeUpdate();
      }
    });
  }

  void prune(long keep, Instant since) throws SQLException {
    inTransaction(connection -> {
      execute(connection, ONE_AT_A_TIME);
      try (PreparedStatement prune = connection.prepareStatement(PRUNE)) {
        prune.setQueryTimeout(STATEMENT_SECONDS);
        prune.setLong(1, keep);
        prune.setLong(2, SpanClock.epochNanos(since));
        prune.executeUpdate();
      }
    });
  }

  private void inTransaction(Work work) throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      try {
        work.on(connection);
        connection.commit();
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(true);
      }
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private interface Work {
    void on(Connection connection) throws SQLException;
  }

  private static final class Columns {
    private final Connection connection;
    private final PreparedStatement insert;
    private final List<SpanData> spans;
    private int next = 1;

    Columns(Connection connection, PreparedStatement insert, List<SpanData> spans) {
      this.connection = connection;
      this.insert = insert;
      this.spans = spans;
    }

    void set() throws SQLException {
      text(SpanData::getTraceId);
      text(SpanData::getSpanId);
      text(s -> s.getParentSpanContext().isValid() ? s.getParentSpanId() : null);
      text(s -> orEmpty(s.getResource().getAttribute(SERVICE)));
      text(s -> s.getResource().getAttribute(INSTANCE));
      text(SpanData::getName);
      text(s -> s.getKind().name().toLowerCase(Locale.ROOT));
      number(SpanData::getStartEpochNanos);
      number(s -> s.getEndEpochNanos() - s.getStartEpochNanos());
      text(s -> s.getAttributes().get(ERROR));
      text(Columns::message);
      text(s -> s.getAttributes().get(KEY));
      text(s -> json(s.getAttributes()));
      text(s -> json(s.getEvents()));
    }

    private void text(Function<SpanData, @Nullable String> column) throws SQLException {
      String[] values = spans.stream().map(column).map(Columns::storable).toArray(String[]::new);
      insert.setArray(next++, connection.createArrayOf("text", values));
    }

    private void number(Function<SpanData, Long> column) throws SQLException {
      insert.setArray(
          next++, connection.createArrayOf("bigint", spans.stream().map(column).toArray()));
    }

    private static @Nullable String message(SpanData span) {
      String description = span.getStatus().getDescription();
      return description.isEmpty() ? span.getAttributes().get(FAILURE) : description;
    }

    private static String json(Attributes attributes) {
      Json json = new Json();
      attributes.forEach((key, value) -> json.put(key.getKey(), value.toString()));
      return json.toString();
    }

    private static String json(List<EventData> events) {
      return events.stream()
          .map(event ->
              new Json()
                  .put("name", event.getName())
                  .put("at", event.getEpochNanos())
                  .raw("attributes", json(event.getAttributes()))
                  .toString())
          .collect(Collectors.joining(",", "[", "]"));
    }

    // PostgreSQL's text holds no zero character.
    private static @Nullable String storable(@Nullable String value) {
      return value == null ? null : value.replace("\0", "");
    }

    private static String orEmpty(@Nullable String value) {
      return value == null ? "" : value;
    }
  }
}
