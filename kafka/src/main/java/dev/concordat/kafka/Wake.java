package dev.concordat.kafka;

import dev.concordat.core.Background;
import dev.concordat.core.Observer;
import dev.concordat.events.loop.Loop;
import dev.concordat.events.loop.Signal;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/// Wakes readers, of this process and of others alike, by a long poll at the ends of the topics
/// that somebody listens to: it returns when messages can be read, which is a moment after their
/// append.
final class Wake {
  private static final Duration POLL = Duration.ofSeconds(1);

  private static final Duration NOBODY = Duration.ofMillis(500);

  private final Settings settings;
  private final Topics topics;
  private final Map<String, Set<Runnable>> listeners = new ConcurrentHashMap<>();
  private final Signal signal = new Signal();
  private final Loop loop = new Loop("listen", signal, Observer.NONE, this::listen);
  private volatile @Nullable KafkaConsumer<byte[], byte[]> polling;
  private volatile boolean stopping;

  Wake(Settings settings, Topics topics) {
    this.settings = settings;
    this.topics = topics;
  }

  void start(Background background) {
    loop.start(background);
  }

  void stop() {
    stopping = true;
    loop.stop();
    interrupt();
  }

  Runnable add(String topic, Runnable listener) {
    Set<Runnable> ofTopic = listeners.computeIfAbsent(topic, any -> ConcurrentHashMap.newKeySet());
    ofTopic.add(listener);
    signal.raise();
    interrupt();
    return () -> ofTopic.remove(listener);
  }

  private void interrupt() {
    KafkaConsumer<byte[], byte[]> open = polling;
    if (open != null) {
      open.wakeup();
    }
  }

  private Duration listen() {
    if (wanted().isEmpty()) {
      return NOBODY;
    }
    Map<String, Object> properties = settings.consumer();
    // The least that Kafka gives: it is only about that something is there.
    properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 1);
    properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 1);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
    try (var consumer = new KafkaConsumer<byte[], byte[]>(properties)) {
      polling = consumer;
      Set<String> assigned = Set.of();
      Set<String> wanted = wanted();
      while (!stopping && !wanted.isEmpty()) {
        if (!wanted.equals(assigned)) {
          assign(consumer, wanted);
          assigned = wanted;
        }
        poll(consumer);
        wanted = wanted();
      }
    } catch (WakeupException e) {
      assert e != null; // in the middle of something else than a poll: from the beginning
    } finally {
      polling = null;
    }
    return Duration.ZERO;
  }

  private Set<String> wanted() {
    Set<String> wanted = new HashSet<>();
    listeners.forEach((topic, ofTopic) -> {
      if (!ofTopic.isEmpty()) {
        wanted.add(topic);
      }
    });
    return wanted;
  }

  private void assign(KafkaConsumer<byte[], byte[]> consumer, Set<String> wanted) {
    List<TopicPartition> all =
        wanted.stream().flatMap(topic -> topics.all(topic).stream()).toList();
    consumer.assign(all);
    consumer.seekToEnd(all);
    all.forEach(consumer::position);
    wanted.forEach(this::tell);
  }

  /// Tells, once for everything that can be read by now; what comes after that is polled for.
  private void poll(KafkaConsumer<byte[], byte[]> consumer) {
    try {
      Set<TopicPartition> moved = consumer.poll(POLL).partitions();
      moved.stream().map(TopicPartition::topic).distinct().forEach(this::tell);
      moved.forEach(partition -> goToEnd(consumer, partition));
    } catch (WakeupException e) {
      assert e != null; // somebody listens to another topic, or it is the end: the loop looks
    }
  }

  /// The end is the one that came with the messages: Kafka need not be asked for it.
  private static void goToEnd(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition) {
    long left = consumer.currentLag(partition).orElse(0);
    if (left > 0) {
      consumer.seek(partition, consumer.position(partition) + left);
    }
  }

  private void tell(String topic) {
    listeners.getOrDefault(topic, Set.of()).forEach(Runnable::run);
  }
}
