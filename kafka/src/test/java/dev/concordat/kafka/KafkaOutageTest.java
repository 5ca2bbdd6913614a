package dev.concordat.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Fanout;
import dev.concordat.events.Await;
import dev.concordat.events.log.Broker;
import dev.concordat.events.log.Broker.Logged;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// Kafka is killed while batches are appended and read, and comes back on its data.
class KafkaOutageTest {
  private static final int BATCHES = 30;

  /// A broker that was killed first reads its log, and aborts what was under way.
  private static final Duration MINUTES = Duration.ofMinutes(2);

  @Test
  void nothingIsLostOrDoubledAndEverybodyGoesOn() {
    AtomicLong appended = new AtomicLong();
    try (LocalKafka kafka = TestKafka.start(TestKafka.folder().resolve("kafka"));
        Broker log = KafkaLog.open(kafka.address(), Map.of())) {
      int read =
          Fanout.both(
              () -> appendAll(log, appended),
              () -> {
                Await.until("it appends", () -> appended.get() > BATCHES / 3);
                kafka.kill();
                kafka.start();
                return readAll(log);
              },
              (done, size) -> size);
      assertThat(read).isEqualTo(BATCHES * Appender.BATCH);
    }
  }

  private static boolean appendAll(Broker log, AtomicLong appended) {
    for (int number = 1; number <= BATCHES; number++) {
      int sequence = number;
      AtomicReference<String> refused = new AtomicReference<>("");
      Await.until("batch " + number, MINUTES, () -> known(log, sequence, refused), refused::get);
      appended.set(number);
    }
    return true;
  }

  /// As the sequencer does: after a failure it is not known whether it was appended.
  private static boolean known(Broker log, int number, AtomicReference<String> refused) {
    try {
      var _ = log.append(Appender.PRODUCER, number, Appender.batch(number));
      return true;
    } catch (Failure e) {
      assertThat(e.code()).as(e.message()).isIn(Code.UNAVAILABLE, Code.ABORTED);
      refused.set(e.message());
      return false;
    }
  }

  private static int readAll(Broker log) {
    Map<Integer, Long> from = new HashMap<>();
    Map<String, Integer> times = new HashMap<>();
    while (times.size() < BATCHES * Appender.BATCH) {
      try {
        if (from.isEmpty()) {
          from.putAll(log.begins(Appender.TOPIC));
        }
        List<Logged> page = log.read(Appender.TOPIC, from, 500);
        for (Logged logged : page) {
          from.put(logged.partition(), logged.position() + 1);
          times.merge(logged.message().payload().toStringUtf8(), 1, Integer::sum);
        }
      } catch (Failure e) {
        assertThat(e.code()).as(e.message()).isEqualTo(Code.UNAVAILABLE);
      }
    }
    assertThat(times.values()).containsOnly(1);
    return times.size();
  }
}
