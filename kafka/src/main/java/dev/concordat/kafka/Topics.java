package dev.concordat.kafka;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// Which topics there are. What is missing is made; of what others made, only the retention is set.
final class Topics {
  private static final Duration RETENTION = Duration.ofDays(7);
  private static final Duration SHORTEST_SEGMENT = Duration.ofMinutes(10);
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final long LOOK_NANOS = 10_000_000;
  private static final int SEGMENTS = 8;
  private static final int MOST_COPIES = 3;

  private final Admin admin;
  private final Settings settings;
  private final Map<String, Integer> partitions = new ConcurrentHashMap<>();

  Topics(Admin admin, Settings settings) {
    this.admin = admin;
    this.settings = settings;
  }

  /// Makes the topic if need be, and sets how long it is kept.
  int declare(String topic, Duration retention) {
    int count = partitions(topic, messages(retention));
    String wanted = Long.toString(retention.toMillis());
    if (!setting(topic, TopicConfig.RETENTION_MS_CONFIG).equals(Optional.of(wanted))) {
      set(topic, TopicConfig.RETENTION_MS_CONFIG, wanted);
    }
    return count;
  }

  /// How many partitions it has; made with the default retention when nobody has declared it yet.
  int partitions(String topic) {
    return partitions(topic, messages(RETENTION));
  }

  /// As [#partitions(String)], made with these settings.
  int partitions(String topic, Map<String, String> made) {
    Integer known = partitions.get(topic);
    if (known != null) {
      return known;
    }
    int count = find(topic);
    if (count == 0) {
      make(topic, made);
      count = made(topic);
    }
    partitions.put(topic, count);
    return count;
  }

  /// A topic that was just made is not known to every broker at once.
  private int made(String topic) {
    long until = System.nanoTime() + PATIENCE.toNanos();
    int count = find(topic);
    while (count == 0 && System.nanoTime() < until) {
      LockSupport.parkNanos(LOOK_NANOS);
      count = find(topic);
    }
    if (count == 0) {
      throw Failure.of(Code.UNAVAILABLE, "the topic " + topic + " was made and is not there yet");
    }
    return count;
  }

  List<TopicPartition> all(String topic) {
    List<TopicPartition> all = new ArrayList<>();
    for (int part = 0; part < partitions(topic); part++) {
      all.add(new TopicPartition(topic, part));
    }
    return all;
  }

  /// The partitions of all topics that were asked for so far.
  List<TopicPartition> known() {
    return partitions.keySet().stream().flatMap(topic -> all(topic).stream()).toList();
  }

  /// The log's clock stamps a message when it is appended, so that times ascend with positions.
  private static Map<String, String> messages(Duration retention) {
    Duration segment = retention.dividedBy(SEGMENTS);
    Duration rolled = segment.compareTo(SHORTEST_SEGMENT) < 0 ? SHORTEST_SEGMENT : segment;
    return Map.of(
        TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE,
        TopicConfig.RETENTION_MS_CONFIG, Long.toString(retention.toMillis()),
        TopicConfig.SEGMENT_MS_CONFIG, Long.toString(rolled.toMillis()),
        TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime",
        TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(Settings.MESSAGE_BYTES));
  }

  /// 0 when there is none.
  private int find(String topic) {
    try {
      return KafkaFailures.get(
              admin.describeTopics(List.of(topic)).allTopicNames(),
              settings,
              "looking for the topic " + topic)
          .values()
          .stream()
          .mapToInt(found -> found.partitions().size())
          .sum();
    } catch (Failure e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return 0;
      }
      throw e;
    }
  }

  private void make(String topic, Map<String, String> made) {
    int copies = copies();
    Map<String, String> with = new HashMap<>(made);
    if (copies >= MOST_COPIES) {
      with.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, "2");
    }
    NewTopic wanted = new NewTopic(topic, settings.partitions(), (short) copies).configs(with);
    try {
      KafkaFailures.get(
          admin.createTopics(List.of(wanted)).all(), settings, "making the topic " + topic);
    } catch (Failure e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
    }
  }

  private int copies() {
    if (settings.replication().isPresent()) {
      return settings.replication().getAsInt();
    }
    int brokers =
        KafkaFailures.get(admin.describeCluster().nodes(), settings, "counting brokers").size();
    return Math.clamp(brokers, 1, MOST_COPIES);
  }

  private Optional<String> setting(String topic, String name) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    return KafkaFailures.get(
            admin.describeConfigs(List.of(resource)).all(),
            settings,
            "reading the settings of " + topic)
        .values()
        .stream()
        .map(config -> config.get(name))
        .filter(Objects::nonNull)
        .map(ConfigEntry::value)
        .findFirst();
  }

  private void set(String topic, String name, String value) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    AlterConfigOp set = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    KafkaFailures.get(
        admin.incrementalAlterConfigs(Map.of(resource, List.of(set))).all(),
        settings,
        "setting " + name + " of " + topic);
  }
}
