package dev.concordat.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.core.Failure;
import dev.concordat.events.Await;
import dev.concordat.events.Bank;
import dev.concordat.events.Events;
import dev.concordat.events.Postgres;
import dev.concordat.events.bank.v1.BankOwner;
import dev.concordat.events.bank.v1.Booked;
import dev.concordat.events.log.Broker;
import dev.concordat.events.log.Broker.Logged;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// What only Kafka has: marks between messages, groups, strangers.
class OnlyOnKafkaTest {
  private static final Settings SETTINGS = Settings.of(TestKafka.BROKER.address(), Map.of());
  private static final Admin ADMIN = Admin.create(SETTINGS.admin());

  @AfterAll
  static void close() {
    ADMIN.close();
  }

  @Test
  void whoeverHasReadAllHasNoLagInKafkasToolsEither() {
    String address = TestKafka.address();
    Settings settings = Settings.of(address, Map.of());
    try (Broker log = KafkaLog.open(address, Map.of())) {
      log.append(Appender.PRODUCER, 1, Appender.batch(1));
      read(log, Appender.BATCH);
      Map<Integer, Long> ends = log.ends(Appender.TOPIC);

      log.reached("service/all", Appender.TOPIC, ends);

      Map<TopicPartition, Long> latest =
          new Offsets(ADMIN, settings)
              .uncommittedEnds(
                  ends.keySet().stream()
                      .map(part -> new TopicPartition(settings.name(Appender.TOPIC), part))
                      .toList());
      Await.until("the group is there", () -> group(settings.name("service/all")).equals(latest));
    }
  }

  private static Map<TopicPartition, Long> group(String name) throws Exception {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    ADMIN
        .listConsumerGroupOffsets(name)
        .partitionsToOffsetAndMetadata()
        .get()
        .forEach((partition, offset) -> offsets.put(partition, offset.offset()));
    return offsets;
  }

  @Test
  void whatWasAbortedIsNoMessageAndTheEndIsAfterTheLastOne() {
    String address = TestKafka.address();
    Settings settings = Settings.of(address, Map.of());
    String topic = settings.name(Appender.TOPIC);
    try (Broker log = KafkaLog.open(address, Map.of());
        var other = new KafkaProducer<byte[], byte[]>(settings.producer(topic + "/other"))) {
      log.append(Appender.PRODUCER, 1, Appender.batch(1));
      List<Logged> before = read(log, Appender.BATCH);
      Map<Integer, Long> ends = log.ends(Appender.TOPIC);
      other.initTransactions();
      other.beginTransaction();
      for (int n = 0; n < 100; n++) {
        var _ = other.send(new ProducerRecord<>(topic, n % 8, null, new byte[1]));
      }
      other.flush();
      other.abortTransaction();

      Await.until("aborted", () -> log.ends(Appender.TOPIC).equals(ends));
      assertThat(read(log, Appender.BATCH)).isEqualTo(before);
      log.append(Appender.PRODUCER, 2, Appender.batch(2));
      assertThat(read(log, 2 * Appender.BATCH)).hasSize(2 * Appender.BATCH);
    }
  }

  @Test
  void whatIsOlderThanTheRetentionIsLeftOut() throws Exception {
    String address = TestKafka.address();
    try (Broker log = KafkaLog.open(address, Map.of())) {
      log.declare(Appender.TOPIC, Duration.ofDays(1));
      log.append(Appender.PRODUCER, 1, Appender.batch(1));
      Logged kept = read(log, Appender.BATCH).getLast();
      String topic = Settings.of(address, Map.of()).name(Appender.TOPIC);
      TopicPartition partition = new TopicPartition(topic, kept.partition());
      ADMIN
          .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(kept.position())))
          .all()
          .get();

      assertThat(log.begins(Appender.TOPIC)).containsEntry(kept.partition(), kept.position());
      assertThat(log.read(Appender.TOPIC, Map.of(kept.partition(), 0L), 100)).containsExactly(kept);
    }
  }

  @Test
  void whatAStrangerWroteAndNobodyCanReadIsADeadLetterAndTheRestGoesOn() {
    String address = TestKafka.address();
    String topic = Settings.of(address, Map.of()).name("bank.v1.Booked");
    try (Bank bank = new Bank(16, _ -> KafkaLog.open(address, Map.of()))) {
      bank.open("a");
      Events<BankOwner> events = bank.process(Bank.options());
      events.subscribe(
          Booked.class, "all", (event, tx) -> Bank.effect(tx.connection(), "all", event));
      events.start();
      Bank.book(events, "a");
      Await.until("the first is applied", () -> bank.effects() == 1);
      try (var stranger = new KafkaProducer<byte[], byte[]>(SETTINGS.producer(topic))) {
        stranger.initTransactions();
        stranger.beginTransaction();
        for (int part = 0; part < 8; part++) {
          var _ =
              stranger.send(new ProducerRecord<>(topic, part, null, new byte[] {7, (byte) 0xff}));
        }
        stranger.commitTransaction();
      }
      Bank.book(events, "a");

      Await.until("the rest goes on", () -> bank.effects() == 2);
      Await.until(
          "given up on",
          () -> Postgres.number(bank.pool, "select count(*) from concordat.dead_letter") == 8);
      assertThat(bank.verify("all")).isEqualTo(Bank.Verification.CLEAN);
    }
  }

  @Test
  void whatTheGuaranteesStandOnCannotBeSet() {
    assertThatThrownBy(() -> KafkaLog.open("kafka://h:1", Map.of("acks", "1")))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("acks");
    for (String wrong :
        List.of("kafka://", "kafka://h", "kafka://user:secret@h:1", "kafka://h:1?x=1")) {
      assertThatThrownBy(() -> KafkaLog.open(wrong, Map.of()))
          .isInstanceOf(Failure.class)
          .hasMessageContaining("log's address")
          .hasMessageNotContaining("secret");
    }
    Settings several =
        Settings.of("kafka://a:1,b:2?partitions=16&replication=2&prefix=x.", Map.of());
    assertThat(several.bootstrap()).isEqualTo("a:1,b:2");
    assertThat(several.partitions()).isEqualTo(16);
    assertThat(several.name("t")).isEqualTo("x.t");
  }

  private static List<Logged> read(Broker log, int expected) {
    Await.until(expected + " can be read", () -> all(log).size() >= expected);
    return all(log);
  }

  private static List<Logged> all(Broker log) {
    List<Logged> all = new ArrayList<>();
    Map<Integer, Long> from = new HashMap<>(log.begins(Appender.TOPIC));
    while (true) {
      List<Logged> page = log.read(Appender.TOPIC, from, 1_000);
      if (page.isEmpty()) {
        return all.stream()
            .sorted(Comparator.comparingInt(Logged::partition).thenComparingLong(Logged::position))
            .toList();
      }
      all.addAll(page);
      page.forEach(logged -> from.put(logged.partition(), logged.position() + 1));
    }
  }
}
