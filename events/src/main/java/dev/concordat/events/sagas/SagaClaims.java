package dev.concordat.events.sagas;

import com.google.protobuf.ByteString;
import dev.concordat.core.Failure;
import dev.concordat.events.log.Headers;
import dev.concordat.events.sagas.SagaJournal.Entry;
import dev.concordat.events.sagas.SagaJournal.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;

/// How sagas get to a process, stay with it, and go in the end.
final class SagaClaims {
  /// How many are forgotten at once.
  static final int AT_ONCE = 500;

  private static final String CLAIM =
      """
      update concordat.saga s
      set token = token + 1, worker = ?, due_at = clock_timestamp() + ?::interval
      from (
        select number from concordat.saga
        where state in ('running', 'compensating') and due_at <= now() and type = any (?)
        order by due_at limit ?
        for update skip locked) due
      where s.number = due.number
      returning s.*, extract(epoch from timeout_at - clock_timestamp()) as seconds_left
      """;

  private static final String STEPS =
      """
      select saga, kind, name, result_type, result, failure_code, failure_message, failure_reason
      from concordat.saga_step where saga = any (?) order by saga, position
      """;

  private static final String RENEW =
      """
      with mine as materialized (
        select s.number from concordat.saga s
        join unnest(?::bigint[], ?::bigint[]) as claim (number, token) using (number, token)
        where state in ('running', 'compensating')
        order by s.number for no key update of s skip locked)
      update concordat.saga s set due_at = clock_timestamp() + ?::interval
      from mine where s.number = mine.number
      returning s.number
      """;

  private static final String PRUNE =
      """
      delete from concordat.saga where number in (
        select number from concordat.saga
        where type = ? and finished_at < now() - ?::interval
        limit %d
        for update skip locked)
      """
          .formatted(AT_ONCE);

  private SagaClaims() {}

  /// Claims sagas of these types that nobody runs, with all that they have done.
  static List<SagaRow> claim(
      Connection connection, Collection<String> types, int limit, UUID worker, Duration lease)
      throws SQLException {
    try (PreparedStatement claim = connection.prepareStatement(CLAIM)) {
      claim.setObject(1, worker);
      claim.setString(2, lease.toString());
      claim.setArray(3, connection.createArrayOf("text", types.toArray()));
      claim.setInt(4, limit);
      List<Long> numbers = new ArrayList<>();
      List<SagaRow> rows = new ArrayList<>();
      try (ResultSet found = claim.executeQuery()) {
        while (found.next()) {
          rows.add(read(found));
          numbers.add(found.getLong("number"));
        }
      }
      return rows.isEmpty() ? rows : withSteps(rows, steps(connection, numbers));
    }
  }

  /// Holds the sagas longer.
  ///
  /// @return those that are still ours
  static Set<Long> renew(Connection connection, SortedMap<Long, Long> tokens, Duration lease)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(RENEW)) {
      update.setArray(1, connection.createArrayOf("bigint", tokens.keySet().toArray()));
      update.setArray(2, connection.createArrayOf("bigint", tokens.values().toArray()));
      update.setString(3, lease.toString());
      try (ResultSet rows = update.executeQuery()) {
        Set<Long> renewed = new HashSet<>();
        while (rows.next()) {
          renewed.add(rows.getLong(1));
        }
        return renewed;
      }
    }
  }

  /// Forgets sagas that finished longer ago than this, [#AT_ONCE] at most.
  static int prune(Connection connection, String type, Duration retention) throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement(PRUNE)) {
      delete.setString(1, type);
      delete.setString(2, retention.toString());
      return delete.executeUpdate();
    }
  }

  private static SagaRow read(ResultSet row) throws SQLException {
    Optional<Failure> failing = RecordedFailure.read(row);
    return new SagaRow(
        row.getLong("number"),
        row.getLong("token"),
        row.getString("type"),
        row.getString("id"),
        row.getInt("tries"),
        Duration.ofMillis((long) (row.getDouble("seconds_left") * 1000)),
        Optional.ofNullable(row.getString("cancel_because")),
        new SagaRow.Past(
            List.of(), Set.of(), failing, Optional.ofNullable(row.getString("waits_name"))),
        Headers.read(row.getString("headers")),
        ByteString.copyFrom(row.getBytes("input")));
  }

  private static Map<Long, List<Entry>> steps(Connection connection, List<Long> numbers)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(STEPS)) {
      query.setArray(1, connection.createArrayOf("bigint", numbers.toArray()));
      Map<Long, List<Entry>> steps = new HashMap<>();
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          byte[] result = rows.getBytes("result");
          Entry entry =
              new Entry(
                  Kind.valueOf(rows.getString("kind").toUpperCase(Locale.ROOT)),
                  rows.getString("name"),
                  Objects.requireNonNullElse(rows.getString("result_type"), ""),
                  Optional.ofNullable(result).map(ByteString::copyFrom),
                  RecordedFailure.read(rows));
          steps.computeIfAbsent(rows.getLong("saga"), any -> new ArrayList<>()).add(entry);
        }
      }
      return steps;
    }
  }

  private static List<SagaRow> withSteps(List<SagaRow> rows, Map<Long, List<Entry>> steps) {
    List<SagaRow> complete = new ArrayList<>();
    for (SagaRow row : rows) {
      List<Entry> done = new ArrayList<>();
      Set<String> undone = new HashSet<>();
      for (Entry entry : steps.getOrDefault(row.number(), List.of())) {
        if (entry.kind() == Kind.UNDO) {
          undone.add(entry.name());
        } else {
          done.add(entry);
        }
      }
      complete.add(
          row.with(new SagaRow.Past(done, undone, row.past().failing(), row.past().waits())));
    }
    return complete;
  }
}
