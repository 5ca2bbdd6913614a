package dev.concordat.kafka;

import dev.concordat.core.Background;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import dev.concordat.events.log.Broker;
import dev.concordat.events.log.Envelope;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/// The log on Kafka: a topic is a topic, a position is an offset, an append is a transaction.
///
/// Positions ascend, with gaps: Kafka's marks of transactions stand between messages. Messages are
/// CloudEvents in binary mode; those of strangers are read in binary and in structured mode, and
/// one that cannot be read is given out as such
/// ([dev.concordat.events.log.CloudEvents#unreadable]).
///
/// Threads: safe for many; one per process is enough. It has a network thread of its own for each
/// producer, and one for asking.
///
/// Failure: what may pass by itself is `UNAVAILABLE`, after ten seconds at most.
public final class KafkaLog implements Broker {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Settings settings;
  private final Admin admin;
  private final Topics topics;
  private final Offsets offsets;
  private final Sequences sequences;
  private final Leftovers leftovers;
  private final Tails tails;
  private final Readers readers;
  private final Wake wake;
  private final Groups groups;
  private final Map<String, Append> appends = new ConcurrentHashMap<>();
  private final Background background = new Background("kafka");

  private KafkaLog(Settings settings, Admin admin) {
    this.settings = settings;
    this.admin = admin;
    this.topics = new Topics(admin, settings);
    this.offsets = new Offsets(admin, settings);
    this.sequences = new Sequences(settings, topics, offsets);
    this.leftovers = new Leftovers(admin, settings, topics, offsets);
    this.tails = new Tails(settings, offsets);
    this.readers = new Readers(settings, offsets);
    this.wake = new Wake(settings, topics);
    this.groups = new Groups(admin, settings, tails);
  }

  /// Opens the log. Kafka need not answer yet.
  ///
  /// @param address `kafka://host:port[,host:port]?partitions=8&replication=3&prefix=staging.`: of
  ///   topics that are made here the number of partitions, default 8, and of copies, default as
  ///   many as there are brokers, at most 3; and what stands before the names of all topics, groups
  ///   and producers, default nothing
  /// @param properties for Kafka's clients, as Kafka names them: security, names, buffers
  /// @throws Failure with `FAILED_PRECONDITION` when one of them is wrong
  public static KafkaLog open(String address, Map<String, String> properties) {
    Settings settings = Settings.of(address, properties);
    try {
      KafkaLog log = new KafkaLog(settings, Admin.create(settings.admin()));
      Context.root()
          .run(() -> {
            log.wake.start(log.background);
            log.groups.start(log.background);
          });
      return log;
    } catch (KafkaException e) {
      throw Failure.of(
          Code.FAILED_PRECONDITION, "Kafka's client refuses its settings: " + e.getMessage(), e);
    }
  }

  @Override
  public int declare(String topic, Duration retention) {
    return topics.declare(settings.name(topic), retention);
  }

  @Override
  public boolean append(String producer, long sequence, List<Envelope> messages) {
    return append(producer).run(sequence, messages);
  }

  @Override
  public long appended(String producer) {
    return append(producer).last();
  }

  @Override
  public List<Logged> read(String topic, Map<Integer, Long> from, int max) {
    if (from.isEmpty() || max < 1) {
      return List.of();
    }
    String name = settings.name(topic);
    var _ = topics.partitions(name);
    return readers.read(name, from, max);
  }

  @Override
  public Map<Integer, Long> begins(String topic) {
    return byPart(offsets.begins(topics.all(settings.name(topic))));
  }

  @Override
  public Map<Integer, Long> ends(String topic) {
    return byPart(tails.after(topics.all(settings.name(topic))));
  }

  @Override
  public long positionAt(String topic, int partition, Instant at) {
    String name = settings.name(topic);
    var _ = topics.partitions(name);
    TopicPartition where = new TopicPartition(name, partition);
    long found = offsets.at(where, at);
    long end = tails.after(List.of(where)).getOrDefault(where, 0L);
    return found < 0 ? end : Math.min(found, end);
  }

  @Override
  public Runnable onAppend(String topic, Runnable listener) {
    return wake.add(settings.name(topic), listener);
  }

  @Override
  public void reached(String subscription, String topic, Map<Integer, Long> positions) {
    groups.reached(settings.name(subscription), settings.name(topic), positions);
  }

  /// Takes a few seconds at most when Kafka is gone.
  @Override
  public void close() {
    wake.stop();
    groups.stop();
    var _ = background.stop(PATIENCE);
    groups.tellAtEnd();
    appends.values().forEach(Append::close);
    readers.close();
    tails.close();
    admin.close(PATIENCE);
  }

  private Append append(String producer) {
    return appends.computeIfAbsent(
        producer, any -> new Append(producer, settings, topics, sequences, leftovers));
  }

  private static Map<Integer, Long> byPart(Map<TopicPartition, Long> offsets) {
    Map<Integer, Long> byPart = new HashMap<>();
    offsets.forEach((partition, offset) -> byPart.put(partition.partition(), offset));
    return byPart;
  }
}
