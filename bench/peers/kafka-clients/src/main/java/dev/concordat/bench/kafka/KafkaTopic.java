package dev.concordat.bench.kafka;

import dev.concordat.bench.work.Ledger;
import dev.concordat.bench.work.Order;
import dev.concordat.bench.work.Stage;
import dev.concordat.bench.work.Streaming;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// A topic of 8 partitions, told by an idempotent producer that waits for the disk of all copies,
/// of which there is one.
final class KafkaTopic implements Streaming {
  static final String NAME = "orders";
  static final int PARTITIONS = 8;

  private static final byte[] NOTE = Ledger.NOTE.getBytes(StandardCharsets.UTF_8);
  private static final int WAIT_FOR = 10_000;
  private static final String OFFSETS =
      """
      create table if not exists offsets (
        reader text not null,
        part int not null,
        position bigint not null,
        primary key (reader, part))
      """;

  private final Stage stage;
  private final Order order;
  private final Map<String, Object> settings;
  private final KafkaProducer<String, byte[]> producer;

  KafkaTopic(Stage stage, Order order) throws Exception {
    this.stage = stage;
    this.order = order;
    this.settings = Map.of("bootstrap.servers", stage.kafka());
    this.producer =
        new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    stage.execute(OFFSETS);
    try (Admin admin = Admin.create(settings)) {
      admin.createTopics(List.of(new NewTopic(NAME, PARTITIONS, (short) 1))).all().get();
    }
  }

  @Override
  public void fill(long first, int events, int keys) throws Exception {
    List<Future<?>> sent = new ArrayList<>();
    for (long i = first; i < first + events; i++) {
      sent.add(producer.send(new ProducerRecord<>(NAME, Long.toString(i % keys), event(i))));
      if (sent.size() == WAIT_FOR) {
        await(sent);
      }
    }
    await(sent);
  }

  private static void await(List<Future<?>> sent) throws InterruptedException, ExecutionException {
    for (Future<?> one : sent) {
      one.get();
    }
    sent.clear();
  }

  private static byte[] event(long number) {
    return ByteBuffer.allocate(Long.BYTES + NOTE.length).putLong(number).put(NOTE).array();
  }

  @Override
  public AutoCloseable read(List<String> names, long sinceEpochMillis) {
    List<KafkaReader> readers =
        names.stream()
            .map(name -> new KafkaReader(stage, order, settings, name, sinceEpochMillis))
            .toList();
    List<Thread> threads =
        readers.stream().map(reader -> Thread.ofPlatform().daemon().start(reader)).toList();
    return () -> {
      readers.forEach(KafkaReader::stop);
      for (Thread thread : threads) {
        thread.join();
      }
    };
  }
}
