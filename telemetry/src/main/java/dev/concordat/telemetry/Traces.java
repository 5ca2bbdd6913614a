package dev.concordat.telemetry;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Observer.Kind;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// Finds what a [SpanStore] has kept.
///
/// Threads: safe for many.
///
/// Failure: every method throws [Failure] with [Code#UNAVAILABLE] when the database cannot be read.
public final class Traces {
  private static final int MAX_CONVERSATIONS = 50;
  private static final int MAX_SPANS = 5_000;
  // PostgreSQL: there is no such schema or table, so nothing was ever kept.
  private static final List<String> NOTHING_KEPT = List.of("3F000", "42P01");

  private static final String BY_KEY =
      """
      select found.trace_id, first.began, first.service, first.name,
        (select count(*) from telemetry.span s where s.trace_id = found.trace_id) as spans
      from (select trace_id, min(began) as began from telemetry.span
            where key = ? group by trace_id order by min(began) limit ?) found
        cross join lateral (select began, service, name from telemetry.span s
            where s.trace_id = found.trace_id
            order by began, parent_id nulls first limit 1) first
      order by found.began
      """;

  private static final String SPANS =
      """
      select trace_id, span_id, parent_id, service, name, kind, began, took, error, message,
        array(select array[key, value] from jsonb_each_text(attributes)) as attributes
      from telemetry.span where trace_id = ? order by began, parent_id nulls first, seq limit ?
      """;

  private static final String EVENTS =
      """
      select span_id, (event ->> 'at')::bigint as at, event ->> 'name' as name,
        array(select array[key, value] from jsonb_each_text(event -> 'attributes')) as attributes
      from telemetry.span, jsonb_array_elements(events) event
      where trace_id = ? order by at limit ?
      """;

  private final DataSource database;

  /// @param database where the spans were kept
  public Traces(DataSource database) {
    this.database = database;
  }

  /// The conversations in which this key appears, at most 50; the first is the one in which it
  /// appeared first, that is, the one that created it.
  public List<Conversation> find(String key) {
    return query(
        BY_KEY,
        key,
        MAX_CONVERSATIONS,
        row ->
            new Conversation(
                row.getString("trace_id"),
                SpanClock.instant(row.getLong("began")),
                row.getString("service"),
                row.getString("name"),
                row.getLong("spans")));
  }

  /// The spans of this trace by their beginning, at most 5,000; empty when none is kept.
  public List<StoredSpan> trace(String traceId) {
    Map<String, List<StoredSpan.Moment>> events = new HashMap<>();
    query(EVENTS, traceId, MAX_SPANS, row -> addMoment(row, events));
    return query(SPANS, traceId, MAX_SPANS, row -> span(row, events));
  }

  private static boolean addMoment(ResultSet row, Map<String, List<StoredSpan.Moment>> events)
      throws SQLException {
    return events
        .computeIfAbsent(row.getString("span_id"), id -> new ArrayList<>())
        .add(
            new StoredSpan.Moment(
                SpanClock.instant(row.getLong("at")),
                row.getString("name"),
                map(row.getArray("attributes"))));
  }

  private static StoredSpan span(ResultSet row, Map<String, List<StoredSpan.Moment>> events)
      throws SQLException {
    String spanId = row.getString("span_id");
    @Nullable String parent = row.getString("parent_id");
    @Nullable String message = row.getString("message");
    Optional<StoredSpan.Failed> failure =
        Optional.<@Nullable String>ofNullable(row.getString("error"))
            .map(error -> new StoredSpan.Failed(error, message == null ? "" : message));
    return new StoredSpan(
        new StoredSpan.Place(row.getString("trace_id"), spanId, Optional.ofNullable(parent)),
        row.getString("service"),
        row.getString("name"),
        Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
        SpanClock.instant(row.getLong("began")),
        Duration.ofNanos(row.getLong("took")),
        failure,
        map(row.getArray("attributes")),
        events.getOrDefault(spanId, List.of()));
  }

  private static Map<String, String> map(Array pairs) throws SQLException {
    Map<String, String> map = new LinkedHashMap<>();
    for (Object pair : (Object[]) pairs.getArray()) {
      String[] entry = (String[]) pair;
      map.put(entry[0], entry[1]);
    }
    return map;
  }

  private <T> List<T> query(String sql, String text, int limit, Row<T> reader) {
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, text);
      statement.setInt(2, limit);
      List<T> found = new ArrayList<>();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          found.add(reader.read(row));
        }
      }
      return found;
    } catch (SQLException e) {
      if (NOTHING_KEPT.contains(e.getSQLState())) {
        return List.of();
      }
      throw Failure.of(Code.UNAVAILABLE, "the kept spans cannot be read: " + e.getMessage(), e);
    }
  }

  private interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }
}
