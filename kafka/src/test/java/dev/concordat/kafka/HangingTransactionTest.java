package dev.concordat.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.core.Failure;
import dev.concordat.events.Await;
import dev.concordat.events.log.Broker;
import dev.concordat.events.log.Broker.Logged;
import dev.concordat.events.log.Envelope;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// All brokers die while a transaction is open, and Kafka forgets it: it stays open on its
/// partitions for ever. Here it forgets because its memory, `__transaction_state`, is lost.
class HangingTransactionTest {
  private static final String PRODUCER = Appender.PRODUCER;

  private static final Path FOLDER = TestKafka.folder().resolve("kafka");
  private static final LocalKafka KAFKA = TestKafka.start(FOLDER);

  @AfterAll
  static void stop() {
    KAFKA.kill();
  }

  @Test
  void isEndedByItsOwnerAndItsMessagesAreAppendedAgain() throws Exception {
    try (Broker log = KafkaLog.open(KAFKA.address(), Map.of())) {
      log.declare(Appender.TOPIC, Duration.ofDays(1));
      log.append(PRODUCER, 1, Appender.batch(1));
    }
    try (var dying = begin(2)) {
      lose("__transaction_state-");
      dying.close(Duration.ZERO);
    }
    try (Broker log = KafkaLog.open(KAFKA.address(), Map.of())) {
      log.declare(Appender.TOPIC, Duration.ofDays(1));

      assertThat(log.appended(PRODUCER)).isEqualTo(1);
      assertThat(log.append(PRODUCER, 2, Appender.batch(2))).isTrue();

      List<String> wanted = Stream.of(1, 2).flatMap(HangingTransactionTest::texts).toList();
      Await.until("all can be read", () -> read(log).size() >= wanted.size());
      assertThat(read(log)).containsExactlyInAnyOrderElementsOf(wanted);
    }
  }

  @Test
  void nothingIsAppendedBehindAConfirmedNumberThatIsGone() throws Exception {
    String address = KAFKA.address() + "?prefix=gone.";
    try (Broker log = KafkaLog.open(address, Map.of())) {
      log.declare(Appender.TOPIC, Duration.ofDays(1));
      log.append(PRODUCER, 1, Appender.batch(1));
      lose("gone.concordat.appends-");
      try (Broker other = KafkaLog.open(address, Map.of())) {
        assertThat(other.appended(PRODUCER)).isZero();
      }

      assertThatThrownBy(() -> log.append(PRODUCER, 2, Appender.batch(2)))
          .isInstanceOf(Failure.class)
          .hasMessageContaining("Kafka has forgotten what it confirmed");
      assertThat(log.appended(PRODUCER)).isZero();
      assertThat(log.append(PRODUCER, 1, Appender.batch(1))).isTrue();
    }
  }

  /// As an append does, up to the commit.
  private static KafkaProducer<byte[], byte[]> begin(long number) {
    Settings settings = Settings.of(KAFKA.address(), Map.of());
    var producer = new KafkaProducer<byte[], byte[]>(settings.producer(PRODUCER));
    try (var admin = Admin.create(settings.admin())) {
      Topics topics = new Topics(admin, settings);
      producer.initTransactions();
      producer.beginTransaction();
      for (Envelope message : Appender.batch(number)) {
        var _ =
            producer.send(Records.of(message, Appender.TOPIC, topics.partitions(Appender.TOPIC)));
      }
      var _ =
          producer.send(
              new Sequences(settings, topics, new Offsets(admin, settings))
                  .record(PRODUCER, number));
      producer.flush();
    }
    return producer;
  }

  /// What a disk had of these partitions.
  private static void lose(String prefix) throws IOException {
    KAFKA.kill();
    try (DirectoryStream<Path> logs =
        Files.newDirectoryStream(FOLDER.resolve("data"), prefix + "*")) {
      for (Path log : logs) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(log, "*[0-9]*.*")) {
          for (Path file : files) {
            Files.delete(file);
          }
        }
      }
    }
    KAFKA.start();
  }

  private static Stream<String> texts(int number) {
    return Appender.batch(number).stream().map(it -> it.payload().toStringUtf8());
  }

  private static List<String> read(Broker log) {
    List<String> all = new ArrayList<>();
    Map<Integer, Long> from = new HashMap<>(log.begins(Appender.TOPIC));
    List<Logged> page = log.read(Appender.TOPIC, from, 5_000);
    while (!page.isEmpty()) {
      for (Logged logged : page) {
        all.add(logged.message().payload().toStringUtf8());
        from.put(logged.partition(), logged.position() + 1);
      }
      page = log.read(Appender.TOPIC, from, 5_000);
    }
    return all;
  }
}
