package dev.concordat.events.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.concordat.core.Fanout;
import dev.concordat.events.Await;
import dev.concordat.events.Publishing;
import dev.concordat.events.log.Broker.Logged;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What every log must do. Each implementation runs it unchanged.
abstract class BrokerConformance {
  private static final AtomicInteger TOPICS = new AtomicInteger();

  private final String topic = "conformance.v1.Told" + TOPICS.incrementAndGet();

  abstract Broker broker();

  static Envelope message(String topic, String key, String payload) {
    return new Envelope(
        Publishing.newId(System.currentTimeMillis()),
        "conformance",
        topic,
        key,
        Instant.parse("2026-01-02T03:04:05.678901Z"),
        Map.of("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        ByteString.copyFromUtf8(payload));
  }

  @Test
  void whatIsAppendedIsReadUnchanged() {
    broker().declare(topic, Duration.ofDays(1));
    Envelope told = message(topic, "käse", "payload\u0000\u00ff");

    assertThat(broker().append("p/unchanged", 1, List.of(told))).isTrue();

    List<Logged> read = everything();
    assertThat(read).extracting(Logged::message).containsExactly(told);
    assertThat(read.getFirst().position()).isEqualTo(0);
  }

  @Test
  void aKeyStaysInOnePartitionInOrder() {
    int partitions = broker().declare(topic, Duration.ofDays(1));
    for (int batch = 0; batch < 5; batch++) {
      int first = batch * 100;
      broker()
          .append(
              "p/order",
              batch + 1,
              IntStream.range(first, first + 100)
                  .mapToObj(n -> message(topic, "key" + n % 20, String.valueOf(n)))
                  .toList());
    }

    List<Logged> read = everything();
    assertThat(read).hasSize(500);
    assertThat(partitions).isGreaterThan(1);
    assertThat(read.stream().map(Logged::partition).distinct().count()).isGreaterThan(1);
    Map<String, Integer> partitionOf = new HashMap<>();
    Map<String, Integer> lastOf = new HashMap<>();
    for (Logged logged : read) {
      String key = logged.message().key();
      int number = Integer.parseInt(logged.message().payload().toStringUtf8());
      assertThat(partitionOf.merge(key, logged.partition(), (a, b) -> a.equals(b) ? a : -1))
          .isNotEqualTo(-1);
      assertThat(lastOf.getOrDefault(key, -1)).isLessThan(number);
      lastOf.put(key, number);
    }
  }

  @Test
  void anAppendThatIsRepeatedDoesNothing() {
    broker().declare(topic, Duration.ofDays(1));
    List<Envelope> batch = List.of(message(topic, "a", "1"), message(topic, "b", "2"));

    assertThat(broker().appended("p/repeated")).isZero();
    assertThat(broker().append("p/repeated", 7, batch)).isTrue();
    assertThat(broker().append("p/repeated", 7, batch)).isFalse();
    assertThat(broker().append("p/repeated", 6, batch)).isFalse();
    assertThat(broker().append("p/another", 7, List.of(message(topic, "c", "3")))).isTrue();

    assertThat(broker().appended("p/repeated")).isEqualTo(7);
    assertThat(everything()).hasSize(3);
  }

  @Test
  void oneNumberUsedByManyAtOnceAppendsOnce() {
    broker().declare(topic, Duration.ofDays(1));
    List<Envelope> batch = List.of(message(topic, "a", "1"), message(topic, "b", "2"));

    List<Boolean> appended =
        Fanout.each(
            IntStream.range(0, 8).boxed().toList(), any -> broker().append("p/race", 1, batch));

    assertThat(appended.stream().filter(done -> done)).hasSize(1);
    assertThat(everything()).hasSize(2);
  }

  @Test
  void manyProducersShareATopicWithoutGapsInThePositionsOfAReader() {
    broker().declare(topic, Duration.ofDays(1));
    Fanout.each(
        IntStream.range(0, 4).boxed().toList(),
        producer -> {
          for (int n = 1; n <= 25; n++) {
            broker()
                .append(
                    "p/many" + producer, n, List.of(message(topic, "k" + n, producer + "/" + n)));
          }
          return true;
        });

    assertThat(everything()).extracting(l -> l.message().payload()).doesNotHaveDuplicates();
    assertThat(everything()).hasSize(100);
  }

  @Test
  void aReaderGoesOnWhereItWasAndFindsTheEnd() {
    int partitions = broker().declare(topic, Duration.ofDays(1));
    broker()
        .append(
            "p/pages",
            1,
            IntStream.range(0, 50).mapToObj(n -> message(topic, "key" + n, "" + n)).toList());

    Map<Integer, Long> from = new HashMap<>(broker().begins(topic));
    assertThat(from).hasSize(partitions);
    int total = 0;
    while (true) {
      List<Logged> page = broker().read(topic, from, 7);
      assertThat(page.size()).isLessThanOrEqualTo(7);
      if (page.isEmpty()) {
        break;
      }
      total += page.size();
      page.forEach(logged -> from.put(logged.partition(), logged.position() + 1));
    }

    assertThat(total).isEqualTo(50);
    assertThat(from).isEqualTo(broker().ends(topic));
  }

  @Test
  void anInstantHasAPosition() {
    broker().declare(topic, Duration.ofDays(1));
    for (int n = 1; n <= 20; n++) {
      broker().append("p/time", n, List.of(message(topic, "same", "" + n)));
    }
    List<Logged> read = everything();
    int partition = read.getFirst().partition();

    for (Logged logged : read) {
      long position = broker().positionAt(topic, partition, logged.appendedAt());
      assertThat(read.get((int) position).appendedAt()).isEqualTo(logged.appendedAt());
    }
    assertThat(broker().positionAt(topic, partition, Instant.EPOCH)).isZero();
    assertThat(broker().positionAt(topic, partition, read.getLast().appendedAt().plusSeconds(60)))
        .isEqualTo(20);
  }

  @Test
  void readersAreWoken() {
    broker().declare(topic, Duration.ofDays(1));
    AtomicInteger woken = new AtomicInteger();
    Runnable end = broker().onAppend(topic, woken::incrementAndGet);

    broker().append("p/woken", 1, List.of(message(topic, "a", "1")));
    Await.until("the reader is woken", () -> woken.get() > 0);

    end.run();
  }

  @Test
  void aTopicNobodyDeclaredIsMadeByTheFirstAppend() {
    broker().append("p/undeclared", 1, List.of(message(topic, "a", "1")));

    assertThat(everything()).hasSize(1);
  }

  /// Reads all partitions to the end.
  List<Logged> everything() {
    List<Logged> all = new ArrayList<>();
    Map<Integer, Long> from = new HashMap<>(broker().begins(topic));
    while (true) {
      List<Logged> page = broker().read(topic, from, 1_000);
      if (page.isEmpty()) {
        return all;
      }
      all.addAll(page);
      page.forEach(logged -> from.put(logged.partition(), logged.position() + 1));
    }
  }

  String topic() {
    return topic;
  }
}
