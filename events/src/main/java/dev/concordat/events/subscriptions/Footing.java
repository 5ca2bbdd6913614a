package dev.concordat.events.subscriptions;

import dev.concordat.events.Parts;
import dev.concordat.events.log.Broker;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/// Whether the log still has what a subscription wants to read next. When it has not, that is said
/// loudly and the subscription goes on where it can.
final class Footing {
  private static final Logger LOG = System.getLogger("dev.concordat.events");

  private static final double ALARM = 0.5;
  private static final String RECORD =
      """
      insert into concordat.skip
        (subscription, part, from_position, to_position, buried, by, reason)
      select id, ?, ?, ?, 0, 'retention', 'dropped before it was read'
      from concordat.subscription where name = ?
      """;

  private final Parts parts;
  private final String subscription;
  private final String topic;
  private boolean warned;

  Footing(Parts parts, String subscription, String topic) {
    this.parts = parts;
    this.subscription = subscription;
    this.topic = topic;
  }

  /// Where a new subscription begins.
  long first(int partition, Start start) {
    Broker broker = parts.broker();
    return switch (start) {
      case Start.Beginning _ -> begin(partition);
      case Start.End _ -> broker.ends(topic).getOrDefault(partition, 0L);
      case Start.At at -> broker.positionAt(topic, partition, at.instant());
      case Start.Position at -> {
        Long position = at.positions().get(partition);
        yield position == null ? begin(partition) : position;
      }
    };
  }

  /// Where to begin, given how far the subscription came.
  long of(int partition, long position) {
    long begin = begin(partition);
    long end = parts.broker().ends(topic).getOrDefault(partition, begin);
    if (position < begin) {
      missed(partition, position, begin);
      return begin;
    }
    if (position > end) {
      // The log was restored or is a new one. What of it we have applied, the inbox knows.
      LOG.log(
          Level.ERROR,
          "the log of {0} ends before the place that subscription {1} had come to in partition {2};"
              + " it is read again from its beginning",
          topic,
          subscription,
          partition);
      count("concordat.events.log_went_back", 1);
      return begin;
    }
    return position;
  }

  /// Looks whether something is missing before a message, when it does not follow upon the last.
  void step(Broker.Logged message, long expected) {
    if (message.position() > expected) {
      long begin = Math.min(begin(message.partition()), message.position());
      if (begin > expected) {
        missed(message.partition(), expected, begin);
      }
    }
  }

  /// The share of the retention that the oldest message at these positions has used: at 1 it may be
  /// dropped before it was read. Warns once when half of it is over.
  double retentionUsed(Map<Integer, Long> positions) {
    Instant now = parts.clock().now();
    double oldest =
        parts.broker().read(topic, positions, Math.max(1, positions.size())).stream()
            .mapToDouble(m -> Duration.between(m.appendedAt(), now).toMillis())
            .max()
            .orElse(0);
    double used = Math.max(0, oldest / parts.topics().retention(topic).toMillis());
    boolean late = used >= ALARM;
    if (late && !warned) {
      LOG.log(
          Level.WARNING,
          "subscription {0} is so far behind that {1} % of the retention of {2} is over; beyond it"
              + " messages are lost (a log on PostgreSQL waits as long again)",
          subscription,
          Math.round(used * 100),
          topic);
    }
    warned = late;
    return used;
  }

  private long begin(int partition) {
    return parts.broker().begins(topic).getOrDefault(partition, 0L);
  }

  /// Said in three ways: to whoever reads the log file, to whoever watches figures, and beside the
  /// skips that people ordered, where it stays.
  private void missed(int partition, long from, long to) {
    long messages = to - from;
    parts
        .database()
        .read(connection -> {
          try (var insert = connection.prepareStatement(RECORD)) {
            insert.setInt(1, partition);
            insert.setLong(2, from);
            insert.setLong(3, to);
            insert.setString(4, subscription);
            return insert.executeUpdate();
          }
        });
    LOG.log(
        Level.ERROR,
        "subscription {0} has missed {1} messages of partition {2}: they were older than the"
            + " retention of {3}",
        subscription,
        messages,
        partition,
        topic);
    count("concordat.events.missed", messages);
  }

  private void count(String metric, long by) {
    parts.observer().count(metric, by, Map.of("subscription", subscription));
  }
}
