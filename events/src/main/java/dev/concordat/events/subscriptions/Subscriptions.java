package dev.concordat.events.subscriptions;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.Parts;
import dev.concordat.events.log.Broker;
import dev.concordat.events.subscriptions.SubscriptionView.PartitionView;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The subscriptions of a service: how they stand, and what people do about them. All of it is in
/// the service's database, so that any process may be asked, and every process obeys within
/// [dev.concordat.events.EventsOptions#poll()].
///
/// Threads: safe for many.
///
/// Failure: [Failure] with `NOT_FOUND` for a subscription that the database does not know, with
/// `UNAVAILABLE` when the database or the log cannot be reached.
public final class Subscriptions {
  private static final String NAMES = "select name from concordat.subscription order by name";
  private static final String REGISTERED =
      "select id, topic from concordat.subscription where name = ?";
  private static final String CURSORS =
      """
      select distinct on (part) part, position from concordat.cursor
      where subscription = ?
      order by part, generation desc
      """;
  private static final String RATE =
      """
      select coalesce(sum(moved / seconds), 0)
      from (select max(position) - min(position) as moved,
                   greatest(extract(epoch from now() - min(at)), 0.001) as seconds
            from concordat.cursor
            where subscription = ? and at > now() - interval '30 seconds'
            group by part) as lately
      """;
  private static final String HELD =
      """
      select part from concordat.claim
      where name = ? and exists (
        select from concordat.instance where id = claim.owner and until > clock_timestamp())
      """;
  private static final String PARKED =
      """
      select count(distinct key), count(*)
      from (select key from concordat.retry where subscription = ? limit 10000) as waiting
      """;

  private final Parts parts;

  public Subscriptions(Parts parts) {
    this.parts = parts;
  }

  /// All of them, by name; those named `queue …` carry tasks of other services here.
  public List<SubscriptionView> list() {
    List<String> names =
        parts
            .database()
            .read(connection -> {
              try (var query = connection.prepareStatement(NAMES);
                  var rows = query.executeQuery()) {
                List<String> found = new ArrayList<>();
                while (rows.next()) {
                  found.add(rows.getString(1));
                }
                return found;
              }
            });
    return names.stream().map(this::show).toList();
  }

  /// One of them.
  public SubscriptionView show(String name) {
    Registered of = registered(name);
    SortedMap<Integer, Long> cursors = parts.database().read(c -> positions(c, of.id));
    List<Integer> held = parts.database().read(c -> held(c, name));
    long[] parked = parts.database().read(c -> parked(c, of.id));
    double rate = parts.database().read(c -> rate(c, of.id));
    return new SubscriptionView(
        name,
        of.topic,
        new Pauses(of.id).inForce(parts.database()),
        partitions(of.topic, cursors, held),
        parked[0],
        parked[1],
        rate);
  }

  /// Lets a subscription handle nothing more, in all processes; what is under way ends.
  ///
  /// @param by who wants it, for the record
  /// @return false when it was paused already
  public boolean pause(String name, String by, String reason) {
    int id = registered(name).id;
    return parts.database().read(c -> new Pauses(id).begin(c, Optional.empty(), by, reason));
  }

  /// Lets one key wait: its messages are parked.
  ///
  /// @return false when it was paused already
  public boolean pauseKey(String name, String key, String by, String reason) {
    int id = registered(name).id;
    return parts.database().read(c -> new Pauses(id).begin(c, Optional.of(key), by, reason));
  }

  /// Lets it go on where it was.
  ///
  /// @return false when it was not paused
  public boolean resume(String name, String by) {
    int id = registered(name).id;
    return parts.database().read(c -> new Pauses(id).end(c, Optional.empty(), by));
  }

  /// Lets a key go on with the first message that waits, unless that was given up on.
  ///
  /// @return false when it was not paused
  public boolean resumeKey(String name, String key, String by) {
    Registered of = registered(name);
    return parts
        .database()
        .transact(connection -> {
          boolean ended = new Pauses(of.id).end(connection, Optional.of(key), by);
          if (ended) {
            new Skipping(new Register(of.id), name, by, "")
                .nextIsDue(connection, partition(of.topic, key), key);
          }
          return ended;
        });
  }

  /// Leaves messages out, once, and writes down who wanted that. Only forward: to handle messages
  /// again, subscribe under a new name.
  ///
  /// @return how many messages that are
  /// @throws Failure with `INVALID_ARGUMENT` when the topic has no such partition
  public long skip(String name, Skip what, String by, String reason) {
    Registered of = registered(name);
    var skipping = new Skipping(new Register(of.id), name, by, reason);
    Map<Integer, Long> positions = positions(of.topic, what);
    return parts
        .database()
        .transact(connection ->
            switch (what) {
              case Skip.Message message ->
                  skipping.key(connection, partition(of.topic, message.key()), message.key(), true);
              case Skip.Key key ->
                  skipping.key(connection, partition(of.topic, key.key()), key.key(), false);
              case Skip.To _, Skip.Until _ -> {
                long skipped = 0;
                for (var entry : new TreeMap<>(positions).entrySet()) {
                  skipped += skipping.to(connection, entry.getKey(), entry.getValue());
                }
                yield skipped;
              }
            });
  }

  private record Registered(int id, String topic) {}

  private Registered registered(String name) {
    return parts
        .database()
        .read(connection -> {
          try (var query = connection.prepareStatement(REGISTERED)) {
            query.setString(1, name);
            try (var rows = query.executeQuery()) {
              return rows.next()
                  ? Optional.of(new Registered(rows.getInt(1), rows.getString(2)))
                  : Optional.<Registered>empty();
            }
          }
        })
        .orElseThrow(
            () -> Failure.of(Code.NOT_FOUND, "there is no subscription with the name " + name));
  }

  private int partition(String topic, String key) {
    return Partitions.of(key, parts.topics().partitions(topic, parts.broker()));
  }

  /// Where to go on, by partition, never beyond the end of the log.
  private Map<Integer, Long> positions(String topic, Skip what) {
    Map<Integer, Long> ends = parts.broker().ends(topic);
    Map<Integer, Long> positions = new HashMap<>();
    switch (what) {
      case Skip.To to ->
          to.positions()
              .forEach((part, position) -> {
                if (!ends.containsKey(part)) {
                  throw Failure.of(
                      Code.INVALID_ARGUMENT,
                      topic + " has the partitions " + ends.keySet() + ", and no " + part);
                }
                positions.put(part, Math.min(position, ends.get(part)));
              });
      case Skip.Until until ->
          ends.keySet()
              .forEach(part ->
                  positions.put(part, parts.broker().positionAt(topic, part, until.instant())));
      case Skip.Key _, Skip.Message _ -> {}
    }
    return positions;
  }

  private List<PartitionView> partitions(
      String topic, Map<Integer, Long> cursors, List<Integer> held) {
    Broker broker = parts.broker();
    Map<Integer, Long> begins = broker.begins(topic);
    Map<Integer, Long> waiting = new HashMap<>();
    Map<Integer, Long> ends = new TreeMap<>(broker.ends(topic));
    ends.forEach((part, end) -> {
      long begin = begins.getOrDefault(part, 0L);
      long position = Math.max(begin, cursors.getOrDefault(part, begin));
      if (position < end) {
        waiting.put(part, position);
      }
    });
    Map<Integer, Instant> oldest = oldest(topic, waiting);
    List<PartitionView> views = new ArrayList<>();
    ends.forEach((part, end) ->
        views.add(
            new PartitionView(
                part,
                waiting.getOrDefault(part, end),
                end,
                Optional.ofNullable(oldest.get(part)),
                held.contains(part))));
    return views;
  }

  private Map<Integer, Instant> oldest(String topic, Map<Integer, Long> waiting) {
    Map<Integer, Instant> oldest = new HashMap<>();
    if (!waiting.isEmpty()) {
      parts
          .broker()
          .read(topic, waiting, 1)
          .forEach(message -> oldest.putIfAbsent(message.partition(), message.appendedAt()));
    }
    return oldest;
  }

  private static SortedMap<Integer, Long> positions(Connection connection, int subscription)
      throws SQLException {
    try (var query = connection.prepareStatement(CURSORS)) {
      query.setInt(1, subscription);
      SortedMap<Integer, Long> positions = new TreeMap<>();
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          positions.put(rows.getInt(1), rows.getLong(2));
        }
      }
      return positions;
    }
  }

  private static List<Integer> held(Connection connection, String name) throws SQLException {
    try (var query = connection.prepareStatement(HELD)) {
      query.setString(1, "subscription/" + name);
      List<Integer> held = new ArrayList<>();
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          held.add(rows.getInt(1));
        }
      }
      return held;
    }
  }

  private static long[] parked(Connection connection, int subscription) throws SQLException {
    try (var query = connection.prepareStatement(PARKED)) {
      query.setInt(1, subscription);
      try (var row = query.executeQuery()) {
        row.next();
        return new long[] {row.getLong(1), row.getLong(2)};
      }
    }
  }

  private static double rate(Connection connection, int subscription) throws SQLException {
    try (var query = connection.prepareStatement(RATE)) {
      query.setInt(1, subscription);
      try (var row = query.executeQuery()) {
        row.next();
        return row.getDouble(1);
      }
    }
  }
}
