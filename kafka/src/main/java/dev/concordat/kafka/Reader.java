package dev.concordat.kafka;

import dev.concordat.events.log.Broker.Logged;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;

/// One of Kafka's consumers on some partitions of a topic. It stays where the last read ended, so
/// that whoever reads on finds what has been fetched in the meantime.
///
/// Threads: one at a time.
final class Reader implements AutoCloseable {
  private static final Logger LOG = System.getLogger("dev.concordat.kafka");
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Duration POLL = Duration.ofMillis(100);

  /// A fetch that finds nothing keeps its connection this long; a seek waits for it.
  private static final int FETCH_WAIT_MILLIS = 10;

  /// Long enough for one fetch, also for one that finds nothing.
  private static final Duration ONE_FETCH = Duration.ofMillis(FETCH_WAIT_MILLIS + 5);

  private final String topic;
  private final Settings settings;
  private final Offsets offsets;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Map<Integer, Long> next = new HashMap<>();
  private final Set<TopicPartition> beyond = new HashSet<>();
  private final Deque<ConsumerRecord<byte[], byte[]>> fetched = new ArrayDeque<>();
  private long usedAt = System.nanoTime();

  Reader(String topic, Settings settings, Offsets offsets) {
    this.topic = topic;
    this.settings = settings;
    this.offsets = offsets;
    Map<String, Object> properties = settings.consumer();
    properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MILLIS);
    this.consumer = new KafkaConsumer<>(properties);
  }

  /// In how many of these partitions it stands where it is wanted.
  int fits(Map<Integer, Long> from) {
    return (int)
        from.entrySet().stream().filter(it -> it.getValue().equals(next.get(it.getKey()))).count();
  }

  Duration idle() {
    return Duration.ofNanos(System.nanoTime() - usedAt);
  }

  /// What is there, of all partitions together at most this many.
  List<Logged> read(Map<Integer, Long> from, int max) {
    usedAt = System.nanoTime();
    goTo(from);
    if (fetched.isEmpty()) {
      poll(ONE_FETCH);
    }
    long until = System.nanoTime() + PATIENCE.toNanos();
    if (fetched.isEmpty()) {
      Map<TopicPartition, Long> ends = offsets.ends(consumer.assignment());
      while (fetched.isEmpty() && behind(ends) && System.nanoTime() < until) {
        poll(POLL);
      }
    }
    return take(max);
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(Duration.ZERO));
  }

  private void goTo(Map<Integer, Long> from) {
    if (!next.keySet().equals(from.keySet())) {
      fetched.removeIf(record -> !from.containsKey(record.partition()));
      next.keySet().retainAll(from.keySet());
      consumer.assign(from.keySet().stream().map(this::partition).toList());
    }
    from.forEach((part, position) -> {
      if (!position.equals(next.get(part))) {
        fetched.removeIf(record -> record.partition() == part);
        seek(partition(part), position);
        next.put(part, position);
      }
    });
  }

  private void seek(TopicPartition partition, long position) {
    consumer.seek(partition, Math.max(0, position));
    if (beyond.remove(partition)) {
      consumer.resume(List.of(partition));
    }
  }

  private void poll(Duration patience) {
    try {
      consumer.poll(patience).forEach(fetched::add);
    } catch (OffsetOutOfRangeException e) {
      backIntoRange(e.offsetOutOfRangePartitions());
    }
  }

  /// What is older than the retention is left out; what is wanted beyond the end is not there yet.
  private void backIntoRange(Map<TopicPartition, Long> outside) {
    Map<TopicPartition, Long> begins = offsets.begins(outside.keySet());
    outside.forEach((partition, position) -> {
      long begin = begins.getOrDefault(partition, 0L);
      if (position < begin) {
        consumer.seek(partition, begin);
      } else {
        LOG.log(
            Level.ERROR,
            "position {0} of {1} is beyond its end: the topic was made anew or has lost messages;"
                + " nothing is read until it gets there",
            Long.toString(position),
            partition);
        consumer.pause(List.of(partition));
        beyond.add(partition);
      }
    });
  }

  /// Whether there is something between where we stand and the end, be it only Kafka's own marks.
  private boolean behind(Map<TopicPartition, Long> ends) {
    boolean behind = false;
    for (TopicPartition partition : consumer.assignment()) {
      long end = ends.getOrDefault(partition, 0L);
      long position = consumer.position(partition);
      if (position <= end && beyond.remove(partition)) {
        consumer.resume(List.of(partition));
      }
      behind |= position < end;
    }
    return behind;
  }

  private List<Logged> take(int max) {
    List<Logged> taken = new ArrayList<>();
    while (taken.size() < max && !fetched.isEmpty()) {
      ConsumerRecord<byte[], byte[]> record = fetched.remove();
      taken.add(Records.logged(record, settings.ours(topic)));
      next.put(record.partition(), record.offset() + 1);
    }
    return taken;
  }

  private TopicPartition partition(int part) {
    return new TopicPartition(topic, part);
  }
}
