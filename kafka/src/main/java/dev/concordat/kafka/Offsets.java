package dev.concordat.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/// Where partitions begin and end, and which offset an instant has.
final class Offsets {
  private final Admin admin;
  private final Settings settings;

  Offsets(Admin admin, Settings settings) {
    this.admin = admin;
    this.settings = settings;
  }

  Map<TopicPartition, Long> begins(Collection<TopicPartition> partitions) {
    return list(partitions, OffsetSpec.earliest(), IsolationLevel.READ_COMMITTED);
  }

  /// Before the first message whose transaction is still open.
  Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
    return list(partitions, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED);
  }

  /// With messages whose transaction is still open.
  Map<TopicPartition, Long> uncommittedEnds(Collection<TopicPartition> partitions) {
    return list(partitions, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED);
  }

  /// The first offset that is not before the instant; negative when there is none. Kafka counts in
  /// milliseconds.
  long at(TopicPartition partition, Instant at) {
    long millis = at.plus(Duration.ofNanos(999_999)).toEpochMilli();
    OffsetSpec spec = OffsetSpec.forTimestamp(Math.max(0, millis));
    return list(List.of(partition), spec, IsolationLevel.READ_COMMITTED)
        .getOrDefault(partition, -1L);
  }

  /// Whose transaction keeps readers of this partition from what stands behind it, and what can be
  /// done, as a sentence.
  String openTransaction(TopicPartition partition) {
    Optional<ProducerState> first =
        open(List.of(partition)).getOrDefault(partition, List.of()).stream()
            .min(Comparator.comparingLong(Offsets::begin));
    return first
        .map(it ->
            """
            the transaction of producer id %1$d is open at offset %2$d of %3$s-%4$d, and nothing \
            behind it can be read. Kafka ends it when its time is up; one that hangs for longer is \
            ended with kafka-transactions.sh abort --topic %3$s --partition %4$d --start-offset %2$d\
            """
                .formatted(it.producerId(), begin(it), partition.topic(), partition.partition()))
        .orElse("the log is slow: " + partition + " could not be read to its end; try again");
  }

  /// The producers that have a transaction open.
  Map<TopicPartition, List<ProducerState>> open(Collection<TopicPartition> partitions) {
    Map<TopicPartition, List<ProducerState>> open = new HashMap<>();
    KafkaFailures.get(
            admin.describeProducers(partitions).all(), settings, "asking for open transactions")
        .forEach((partition, state) ->
            open.put(
                partition,
                state.activeProducers().stream()
                    .filter(it -> it.currentTransactionStartOffset().isPresent())
                    .toList()));
    return open;
  }

  private static long begin(ProducerState producer) {
    return producer.currentTransactionStartOffset().orElse(Long.MAX_VALUE);
  }

  private Map<TopicPartition, Long> list(
      Collection<TopicPartition> partitions, OffsetSpec spec, IsolationLevel isolation) {
    Map<TopicPartition, OffsetSpec> wanted =
        partitions.stream().collect(Collectors.toMap(Function.identity(), any -> spec));
    Map<TopicPartition, ListOffsetsResultInfo> found =
        KafkaFailures.get(
            admin.listOffsets(wanted, new ListOffsetsOptions(isolation)).all(),
            settings,
            "asking for offsets");
    Map<TopicPartition, Long> offsets = new HashMap<>();
    found.forEach((partition, info) -> offsets.put(partition, info.offset()));
    return offsets;
  }
}
