package dev.concordat.bench.kafka;

import dev.concordat.bench.work.Order;
import dev.concordat.bench.work.Stage;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/// Reads a topic from a place on: what one poll brings goes into one transaction together with the
/// offsets behind it.
final class KafkaReader implements Runnable {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final String MOVE =
      """
      insert into offsets (reader, part, position) values (?, ?, ?)
      on conflict (reader, part) do update set position = excluded.position
      """;

  private final Stage stage;
  private final Order order;
  private final Map<String, Object> settings;
  private final String name;
  private final long since;
  private volatile boolean stopping;

  KafkaReader(Stage stage, Order order, Map<String, Object> settings, String name, long since) {
    this.stage = stage;
    this.order = order;
    this.settings = new HashMap<>(settings);
    this.settings.put("enable.auto.commit", "false");
    this.name = name;
    this.since = since;
  }

  void stop() {
    stopping = true;
  }

  @Override
  public void run() {
    List<TopicPartition> all =
        IntStream.range(0, KafkaTopic.PARTITIONS)
            .mapToObj(part -> new TopicPartition(KafkaTopic.NAME, part))
            .toList();
    try (var consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(all);
      if (since == 0) {
        consumer.seekToBeginning(all);
      } else {
        consumer
            .offsetsForTimes(
                all.stream().collect(Collectors.toMap(Function.identity(), t -> since)))
            .forEach((partition, at) -> consumer.seek(partition, at.offset()));
      }
      while (!stopping) {
        ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
        if (!records.isEmpty()) {
          stage.transact(connection -> take(connection, records));
        }
      }
    } catch (Exception e) {
      throw new IllegalStateException(name + " reads no more", e);
    }
  }

  private void take(Connection connection, ConsumerRecords<String, byte[]> records)
      throws SQLException {
    long[] keys = new long[records.count()];
    Long[] numbers = new Long[records.count()];
    int next = 0;
    for (var one : records) {
      keys[next] = Long.parseLong(one.key());
      numbers[next] = ByteBuffer.wrap(one.value()).getLong();
      next++;
    }
    order.take(connection, name, keys, numbers);
    try (var move = connection.prepareStatement(MOVE)) {
      for (TopicPartition part : records.partitions()) {
        move.setString(1, name);
        move.setInt(2, part.partition());
        move.setLong(3, records.records(part).getLast().offset() + 1);
        move.addBatch();
      }
      move.executeBatch();
    }
  }
}
