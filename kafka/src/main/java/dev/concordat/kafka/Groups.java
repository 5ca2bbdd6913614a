package dev.concordat.kafka;

import dev.concordat.core.Background;
import dev.concordat.core.Failure;
import dev.concordat.core.Observer;
import dev.concordat.events.loop.Loop;
import dev.concordat.events.loop.Signal;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/// How far subscriptions have come, told to Kafka's groups every two seconds, so that Kafka's tools
/// see the lag. For people only: nobody reads it back.
final class Groups {
  private static final Duration INTERVAL = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration LAST = Duration.ofSeconds(1);

  private final Admin admin;
  private final Settings settings;
  private final Tails tails;
  private final Map<String, Map<TopicPartition, Long>> reached = new ConcurrentHashMap<>();
  private final Map<String, Map<TopicPartition, Long>> told = new ConcurrentHashMap<>();
  private final Loop loop = new Loop("groups", new Signal(), Observer.NONE, this::step);

  Groups(Admin admin, Settings settings, Tails tails) {
    this.admin = admin;
    this.settings = settings;
    this.tails = tails;
  }

  void start(Background background) {
    loop.start(background);
  }

  void stop() {
    loop.stop();
  }

  void reached(String group, String topic, Map<Integer, Long> positions) {
    Map<TopicPartition, Long> ofGroup =
        reached.computeIfAbsent(group, any -> new ConcurrentHashMap<>());
    positions.forEach((part, position) -> ofGroup.put(new TopicPartition(topic, part), position));
  }

  /// Tells what has changed since the last time.
  private void tell(Duration patience) {
    reached.forEach((group, positions) -> {
      Map<TopicPartition, Long> before =
          told.computeIfAbsent(group, any -> new ConcurrentHashMap<>());
      Map<TopicPartition, OffsetAndMetadata> news = new HashMap<>();
      positions.forEach((partition, position) -> {
        long shown = tails.beyondMarks(partition, position);
        if (!Long.valueOf(shown).equals(before.get(partition))) {
          news.put(partition, new OffsetAndMetadata(shown));
        }
      });
      if (!news.isEmpty()) {
        KafkaFailures.get(
            admin.alterConsumerGroupOffsets(group, news).all(),
            patience,
            settings,
            "telling how far " + group + " is");
        news.forEach((partition, offset) -> before.put(partition, offset.offset()));
      }
    });
  }

  /// For the last time; what cannot be told is not.
  void tellAtEnd() {
    try {
      tell(LAST);
    } catch (Failure e) {
      assert e != null; // it is for people only
    }
  }

  private Duration step() {
    tell(PATIENCE);
    return INTERVAL;
  }
}
