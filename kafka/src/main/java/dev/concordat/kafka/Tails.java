package dev.concordat.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// The position after the last message of a partition. Kafka's own end counts the marks of
/// transactions too, which nobody can read: a reader that has read everything would seem to lag.
final class Tails implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);
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
    Map<TopicPartition, Long> begins = offsets.begins(partitions);
    try {
      for (TopicPartition partition : partitions) {
        long end = ends.getOrDefault(partition, 0L);
        long begin = begins.getOrDefault(partition, 0L);
        known.put(partition, new Tail(end, after(partition, begin, end)));
      }
    } catch (KafkaException e) {
      close();
      throw KafkaFailures.of(e, settings, "looking for the last message");
    }
  }

  private long after(TopicPartition partition, long begin, long end) {
    long step = FIRST_STEP;
    long from = end;
    while (from > begin) {
      from = Math.max(begin, end - step);
      long found = last(partition, from, end);
      if (found >= 0) {
        return found + 1;
      }
      step *= STEPS_GROW_BY;
    }
    return begin;
  }

  /// The last message of a range; negative when it has none.
  private long last(TopicPartition partition, long from, long end) {
    KafkaConsumer<byte[], byte[]> reading = consumer();
    reading.assign(List.of(partition));
    reading.seek(partition, from);
    long last = -1;
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (reading.position(partition) < end && System.nanoTime() < until) {
      for (var record : reading.poll(POLL)) {
        last = record.offset() < end ? record.offset() : last;
      }
    }
    return last;
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    KafkaConsumer<byte[], byte[]> open = consumer;
    if (open == null) {
      open = new KafkaConsumer<>(settings.consumer());
      consumer = open;
    }
    return open;
  }
}
