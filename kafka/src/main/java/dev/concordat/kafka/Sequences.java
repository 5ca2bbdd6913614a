package dev.concordat.kafka;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.subscriptions.Partitions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;

/// The last number of each producer: a compacted topic, written in the transaction of the append,
/// so that messages and number are there or neither is.
final class Sequences {
  private static final String TOPIC = "concordat.appends";

  /// Small segments, so that compaction leaves little to read: at most a few thousand numbers.
  private static final Map<String, String> COMPACTED =
      Map.of(
          TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT,
          TopicConfig.SEGMENT_BYTES_CONFIG, "4194304",
          TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG, "0.1",
          TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG, "3600000");

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration FIRST = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofMillis(200);

  private final Settings settings;
  private final Topics topics;
  private final Offsets offsets;

  Sequences(Settings settings, Topics topics, Offsets offsets) {
    this.settings = settings;
    this.topics = topics;
    this.offsets = offsets;
  }

  /// To be sent in the transaction of the append.
  ProducerRecord<byte[], byte[]> record(String producer, long sequence) {
    TopicPartition where = partition(producer);
    return new ProducerRecord<>(
        where.topic(), where.partition(), bytes(producer), bytes(Long.toString(sequence)));
  }

  /// The highest number of this producer; 0 when it has none. To be asked after the producer's own
  /// open transactions have ended. Those of others are waited for: what stands behind them cannot
  /// be read before.
  long last(String producer) {
    TopicPartition partition = partition(producer);
    List<TopicPartition> only = List.of(partition);
    long end = offsets.uncommittedEnds(only).getOrDefault(partition, 0L);
    byte[] key = bytes(producer);
    long last = 0;
    long until = System.nanoTime() + PATIENCE.toNanos();
    try (var consumer = new KafkaConsumer<byte[], byte[]>(settings.consumer())) {
      consumer.assign(only);
      consumer.seekToBeginning(only);
      while (consumer.position(partition) < end) {
        if (System.nanoTime() > until) {
          throw Failure.of(Code.UNAVAILABLE, offsets.openTransaction(partition));
        }
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          if (Arrays.equals(key, record.key()) && record.value() != null) {
            last = Long.parseLong(new String(record.value(), StandardCharsets.UTF_8));
          }
        }
      }
      return last;
    } catch (KafkaException e) {
      throw KafkaFailures.of(e, settings, "reading the last number of " + producer);
    }
  }

  /// Where a transaction of this producer is open, in the partition of its number. To be asked
  /// after the producer's own open transactions have ended: then it is one that Kafka has
  /// forgotten.
  OptionalLong hanging(String producer) {
    TopicPartition partition = partition(producer);
    List<TopicPartition> only = List.of(partition);
    long stable = offsets.ends(only).getOrDefault(partition, 0L);
    if (stable >= offsets.uncommittedEnds(only).getOrDefault(partition, 0L)) {
      return OptionalLong.empty();
    }
    Map<String, Object> properties = settings.consumer();
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
    try (var consumer = new KafkaConsumer<byte[], byte[]>(properties)) {
      consumer.assign(only);
      consumer.seek(partition, stable);
      boolean ours =
          consumer.poll(FIRST).records(partition).stream()
              .limit(1)
              .anyMatch(it -> it.offset() == stable && Arrays.equals(bytes(producer), it.key()));
      return ours ? OptionalLong.of(stable) : OptionalLong.empty();
    } catch (KafkaException e) {
      throw KafkaFailures.of(e, settings, "looking for open transactions of " + producer);
    }
  }

  TopicPartition partition(String producer) {
    String topic = settings.name(TOPIC);
    return new TopicPartition(topic, Partitions.of(producer, topics.partitions(topic, COMPACTED)));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
