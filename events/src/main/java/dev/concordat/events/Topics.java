package dev.concordat.events;

import dev.concordat.events.log.Broker;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The topics that this process knows from its contracts. The log is told about each once, in the
/// background: a user's transaction does not wait for the log.
public final class Topics {
  private final Map<String, Duration> known = new ConcurrentHashMap<>();
  private final Map<String, Integer> declared = new ConcurrentHashMap<>();

  public void add(String topic, Duration retention) {
    known.putIfAbsent(topic, retention);
  }

  /// Tells the log what it has not been told yet.
  void declare(Broker broker) {
    for (var topic : known.entrySet()) {
      if (!declared.containsKey(topic.getKey())) {
        declared.put(topic.getKey(), broker.declare(topic.getKey(), topic.getValue()));
      }
    }
  }

  /// How many partitions the topic has; asks the log when nobody has yet.
  public int partitions(String topic, Broker broker) {
    declare(broker);
    Integer count = declared.get(topic);
    if (count == null) {
      throw new IllegalStateException(topic + " is not known here");
    }
    return count;
  }

  /// How long the topic's messages stay readable.
  public Duration retention(String topic) {
    return known.getOrDefault(topic, Duration.ofDays(7));
  }

  Duration longestRetention() {
    return known.values().stream().max(Duration::compareTo).orElse(Duration.ofDays(7));
  }
}
