package dev.concordat.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// The position after the last message of a partition. Kafka's own end counts the marks of
/// transactions too, which nobody can read: a reader that has read everything would seem to lag.
final class Tails implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(10);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /// A message and the mark behind it.
  private static final long FIRST_STEP = 2;

  private static final long STEPS_GROW_BY = 16;

  private final Settings settings;
  private final Offsets offsets;
  private final Map<TopicPartition, Tail> known = new ConcurrentHashMap<>();
  private @Nullable KafkaConsumer<byte[], byte[]> consumer;

  Tails(Settings settings, Offsets offsets) {
    this.settings = settings;
    this.offsets = offsets;
  }

  /// @param end Kafka's end
  /// @param after the last message before it
  private record Tail(long end, long after) {}

  Map<TopicPartition, Long> after(List<TopicPartition> partitions) {
    Map<TopicPartition, Long> ends = offsets.ends(partitions);
    List<TopicPartition> moved =
        partitions.stream().filter(it -> !isKnown(it, ends.getOrDefault(it, 0L))).toList();
    if (!moved.isEmpty()) {
      look(moved, ends);
    }
    Map<TopicPartition, Long> after = new HashMap<>();
    for (TopicPartition partition : partitions) {
      Tail tail = known.get(partition);
      after.put(partition, tail == null ? 0 : tail.after);
    }
    return after;
  }

  /// Kafka's own end when this position is after the last message; otherwise the position.
  long beyondMarks(TopicPartition partition, long position) {
    Tail tail = known.get(partition);
    return tail != null && position >= tail.after && position <= tail.end ? tail.end : position;
  }

  @Override
  public synchronized void close() {
    if (consumer != null) {
      consumer.close(CloseOptions.timeout(Duration.ZERO));
      consumer = null;
    }
  }

  private boolean isKnown(TopicPartition partition, long end) {
    Tail tail = known.get(partition);
    return tail != null && tail.end == end;
  }

  private synchronized void look(List<TopicPartition> partitions, Map<TopicPartition, Long> ends) {
    // While we waited somebody else may have looked.
    List<TopicPartition> left =
        partitions.stream().filter(it -> !isKnown(it, ends.getOrDefault(it, 0L))).toList();
    Map<TopicPartition, Long> begins = offsets.begins(left);
    try {
      for (long step = FIRST_STEP; !left.isEmpty(); step *= STEPS_GROW_BY) {
        left = look(left, begins, ends, step);
      }
    } catch (KafkaException e) {
      close();
      throw KafkaFailures.of(e, settings, "looking for the last message");
    }
  }

  /// Looks for messages in the last positions of each partition, so many.
  ///
  /// @return the partitions that have none there, and may have some before
  private List<TopicPartition> look(
      List<TopicPartition> partitions,
      Map<TopicPartition, Long> begins,
      Map<TopicPartition, Long> ends,
      long step) {
    Map<TopicPartition, Long> from = new HashMap<>();
    for (TopicPartition partition : partitions) {
      long begin = begins.getOrDefault(partition, 0L);
      from.put(partition, Math.max(begin, ends.getOrDefault(partition, 0L) - step));
    }
    Map<TopicPartition, Long> last = last(from, ends);
    List<TopicPartition> left = new ArrayList<>();
    from.forEach((partition, position) -> {
      long begin = begins.getOrDefault(partition, 0L);
      Long found = last.get(partition);
      if (found != null || position <= begin) {
        long end = ends.getOrDefault(partition, 0L);
        known.put(partition, new Tail(end, found == null ? begin : found + 1));
      } else {
        left.add(partition);
      }
    });
    return left;
  }

  /// The last messages of the ranges, of all partitions at once: one after the other each would
  /// wait for the answer to the question before.
  private Map<TopicPartition, Long> last(
      Map<TopicPartition, Long> from, Map<TopicPartition, Long> ends) {
    KafkaConsumer<byte[], byte[]> reading = consumer();
    reading.assign(from.keySet());
    from.forEach(reading::seek);
    Map<TopicPartition, Long> last = new HashMap<>();
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < until
        && from.keySet().stream()
            .anyMatch(it -> reading.position(it) < ends.getOrDefault(it, 0L))) {
      for (var record : reading.poll(POLL)) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        if (record.offset() < ends.getOrDefault(partition, 0L)) {
          last.put(partition, record.offset());
        }
      }
    }
    return last;
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    KafkaConsumer<byte[], byte[]> open = consumer;
    if (open == null) {
      Map<String, Object> properties = settings.consumer();
      // The broker is asked for what is there, not for what may come.
      properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int) POLL.toMillis());
      open = new KafkaConsumer<>(properties);
      consumer = open;
    }
    return open;
  }
}
