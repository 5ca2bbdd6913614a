package dev.concordat.kafka;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/// What a transaction costs an append, in turns with one of an idempotent producer alone: the
/// figures of ADR 0017. Run by hand: `java -cp … dev.concordat.kafka.AppendCost`.
final class AppendCost {
  private static final String TOPIC = "cost";
  private static final int PARTITIONS = 8;
  private static final int ROUNDS = 300;
  private static final byte[] PAYLOAD = new byte[300];

  private AppendCost() {}

  public static void main(String[] arguments) throws Exception {
    PrintWriter out = new PrintWriter(new java.io.FileWriter(java.io.FileDescriptor.out), true);
    try (LocalKafka broker = TestKafka.start(TestKafka.folder().resolve("kafka"));
        Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
      admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1))).all().get();
      Settings settings = Settings.of(broker.address(), Map.of());
      Map<String, Object> plain = new HashMap<>(settings.producer("any"));
      plain.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
      plain.remove(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG);
      try (var idempotent = new KafkaProducer<byte[], byte[]>(plain);
          var transactional = new KafkaProducer<byte[], byte[]>(settings.producer("cost"))) {
        transactional.initTransactions();
        for (int size : new int[] {1, 10, 100, 1_000, 1, 10, 100, 1_000}) {
          long[] without = new long[ROUNDS];
          long[] with = new long[ROUNDS];
          for (int round = 0; round < ROUNDS; round++) {
            without[round] = time(() -> send(idempotent, size));
            with[round] =
                time(() -> {
                  transactional.beginTransaction();
                  send(transactional, size + 1);
                  transactional.commitTransaction();
                });
          }
          out.printf(
              Locale.ROOT,
              "%5d messages: idempotent %.2f ms (p99 %.2f), transaction %.2f ms (p99 %.2f)%n",
              size,
              at(without, 50),
              at(without, 99),
              at(with, 50),
              at(with, 99));
        }
      }
    }
  }

  private static void send(KafkaProducer<byte[], byte[]> producer, int size) {
    for (int n = 0; n < size; n++) {
      var _ = producer.send(new ProducerRecord<>(TOPIC, n % PARTITIONS, null, PAYLOAD));
    }
    producer.flush();
  }

  private static long time(Runnable work) {
    long begun = System.nanoTime();
    work.run();
    return System.nanoTime() - begun;
  }

  private static double at(long[] nanos, int percent) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    int index = Math.min(sorted.length - 1, sorted.length * percent / 100);
    return Duration.ofNanos(sorted[index]).toNanos() / (double) TimeUnit.MILLISECONDS.toNanos(1);
  }
}
