package dev.concordat.events.deadletters;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/// Which dead letters something is to happen to, and in which order: those of one key as they stood
/// in the log. What dies after the plan was made is not part of it, so that a message which fails
/// again is not sent back for ever.
public final class DeadLetterPlan {
  /// A million at most; the rest is for the next plan.
  private static final String SELECT =
      """
      select id, kind, name, died_at from concordat.dead_letter
      where {which}
      order by kind, name,
               case kind when 'event' then split_part(place, '/', 1)::int end,
               case kind when 'event' then split_part(place, '/', 2)::bigint end,
               time, id
      limit 1000000
      """;

  private static final String OF_IDS = "redriven_at is null and id = any (?)";

  private final List<Line> lines;
  private final long[] ids;

  private DeadLetterPlan(List<Line> lines, long[] ids) {
    this.lines = lines;
    this.ids = ids;
  }

  /// What is planned for one subscription or queue.
  ///
  /// @param kind [DeadLetter#EVENT] or [DeadLetter#TASK]
  /// @param name the subscription or queue
  /// @param count how many
  /// @param oldest when the first of them was given up on
  /// @param newest when the last of them was given up on
  /// @param taken whether the service still handles these; otherwise they cannot be sent back
  public record Line(
      String kind, String name, int count, Instant oldest, Instant newest, boolean taken) {
    private Line with(Instant diedAt) {
      return new Line(
          kind,
          name,
          count + 1,
          diedAt.isBefore(oldest) ? diedAt : oldest,
          diedAt.isAfter(newest) ? diedAt : newest,
          taken);
    }
  }

  /// What is planned, in its order.
  public List<Line> lines() {
    return lines;
  }

  /// How many there are.
  public int size() {
    return ids.length;
  }

  /// The ids from one place of the order up to another.
  public List<Long> ids(int from, int to) {
    return Arrays.stream(ids, Math.min(from, ids.length), Math.min(to, ids.length))
        .boxed()
        .toList();
  }

  static DeadLetterPlan of(Connection connection, List<Long> ids, Map<String, Origin> origins)
      throws SQLException {
    try (var query = connection.prepareStatement(SELECT.replace("{which}", OF_IDS))) {
      query.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
      return of(query, origins);
    }
  }

  static DeadLetterPlan of(
      Connection connection, DeadLetterFilter filter, Map<String, Origin> origins)
      throws SQLException {
    String open = filter.withState(DeadLetterFilter.State.OPEN).sql();
    try (var query = connection.prepareStatement(SELECT.replace("{which}", open))) {
      filter.set(query, 1);
      return of(query, origins);
    }
  }

  private static DeadLetterPlan of(PreparedStatement query, Map<String, Origin> origins)
      throws SQLException {
    Map<List<String>, Line> lines = new LinkedHashMap<>();
    var ids = LongStream.builder();
    try (var rows = query.executeQuery()) {
      while (rows.next()) {
        ids.add(rows.getLong("id"));
        String kind = rows.getString("kind");
        String name = rows.getString("name");
        Instant diedAt = rows.getObject("died_at", OffsetDateTime.class).toInstant();
        boolean taken =
            Optional.ofNullable(origins.get(kind)).filter(at -> at.takes(name)).isPresent();
        Line line =
            lines.computeIfAbsent(
                List.of(kind, name), any -> new Line(kind, name, 0, diedAt, diedAt, taken));
        lines.put(List.of(kind, name), line.with(diedAt));
      }
    }
    return new DeadLetterPlan(new ArrayList<>(lines.values()), ids.build().toArray());
  }
}
