package dev.concordat.kafka;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.common.TopicPartition;

/// Transactions of ours that hang: open on their partitions, while Kafka's coordinator knows
/// nothing of them (KIP-664). They are left when all brokers with a partition die while a
/// transaction is being committed: the coordinator then may take that partition for deleted.
///
/// Such a transaction is aborted. Its messages are in the outbox still, and are appended again
/// because their number is missing.
final class Leftovers {
  private static final Logger LOG = System.getLogger(Leftovers.class.getName());

  private final Admin admin;
  private final Settings settings;
  private final Topics topics;
  private final Offsets offsets;

  Leftovers(Admin admin, Settings settings, Topics topics, Offsets offsets) {
    this.admin = admin;
    this.settings = settings;
    this.topics = topics;
    this.offsets = offsets;
  }

  /// Aborts the transaction that holds up readers of this partition, everywhere.
  ///
  /// @param numbers where the producer's numbers are; freed last, so that whoever comes after a
  ///   crash in the middle looks again
  /// @param from the offset where it is open
  void abort(TopicPartition numbers, long from) {
    List<TopicPartition> all = new ArrayList<>(topics.known());
    all.remove(numbers);
    all.add(numbers);
    Map<TopicPartition, List<ProducerState>> open = offsets.open(all);
    long hanging =
        open.getOrDefault(numbers, List.of()).stream()
            .filter(it -> it.currentTransactionStartOffset().orElse(-1) == from)
            .mapToLong(ProducerState::producerId)
            .findFirst()
            .orElse(-1);
    for (TopicPartition partition : all) {
      for (ProducerState producer : open.getOrDefault(partition, List.of())) {
        if (producer.producerId() == hanging) {
          abort(partition, producer);
        }
      }
    }
  }

  private void abort(TopicPartition partition, ProducerState producer) {
    LOG.log(
        Level.WARNING,
        "aborting a transaction that hangs on {0} since offset {1}: its messages are appended"
            + " again",
        partition,
        producer.currentTransactionStartOffset().orElse(-1));
    AbortTransactionSpec which =
        new AbortTransactionSpec(
            partition,
            producer.producerId(),
            (short) producer.producerEpoch(),
            producer.coordinatorEpoch().orElse(-1));
    KafkaFailures.get(
        admin.abortTransaction(which).all(), settings, "aborting a transaction that hangs");
  }
}
