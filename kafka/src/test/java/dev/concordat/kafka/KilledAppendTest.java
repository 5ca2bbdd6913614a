package dev.concordat.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.events.Await;
import dev.concordat.events.log.Broker;
import dev.concordat.events.log.Broker.Logged;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A process that appends is killed, or stopped for longer than it may be: each batch is in the log
/// whole and once, in the order of the numbers, whoever appended it.
class KilledAppendTest {
  private final String address = TestKafka.address();
  private final Broker log = KafkaLog.open(address, Map.of());

  @BeforeEach
  void declare() {
    log.declare(Appender.TOPIC, Duration.ofDays(1));
  }

  @AfterEach
  void close() {
    log.close();
  }

  @Test
  void aKilledProcessLeavesWholeBatchesAndTheNextGoesOn() throws Exception {
    for (int round = 1; round <= 3; round++) {
      long before = read().size();
      Process victim = start();
      try {
        Await.until("it appends", () -> read().size() > before + 5L * Appender.BATCH);
      } finally {
        victim.destroyForcibly().waitFor();
      }
    }
    long last = log.appended(Appender.PRODUCER);
    assertThat(log.append(Appender.PRODUCER, last + 1, Appender.batch(last + 1))).isTrue();

    assertWholeAndOnce(last + 1);
  }

  @Test
  void aProcessThatWasOnlyAsleepDoesNoHarm() throws Exception {
    Process sleeper = start();
    try {
      Await.until("it appends", () -> read().size() > 5 * Appender.BATCH);
      signal("STOP", sleeper);
      long last = log.appended(Appender.PRODUCER);
      for (long next = last + 1; next <= last + 3; next++) {
        assertThat(log.append(Appender.PRODUCER, next, Appender.batch(next))).isTrue();
      }
      assertWholeAndOnce(last + 3);
      signal("CONT", sleeper);
      // It tries what it thinks is next, finds it done, and goes on behind us.
      Await.until("it goes on", () -> read().size() > (last + 8) * Appender.BATCH);
    } finally {
      sleeper.destroyForcibly().waitFor();
    }
    assertWholeAndOnce(log.appended(Appender.PRODUCER));
  }

  private void assertWholeAndOnce(long batches) {
    // What was appended can be read a moment later.
    Await.until("all can be read", () -> read().size() >= batches * Appender.BATCH);
    List<Logged> read = read();
    Map<Long, Integer> sizes = new TreeMap<>();
    Map<Integer, Long> reached = new HashMap<>();
    for (Logged logged : read) {
      long number = number(logged);
      sizes.merge(number, 1, Integer::sum);
      assertThat(number).isGreaterThanOrEqualTo(reached.getOrDefault(logged.partition(), 0L));
      reached.put(logged.partition(), number);
    }
    assertThat(read).extracting(l -> l.message().payload()).doesNotHaveDuplicates();
    assertThat(sizes.values()).containsOnly(Appender.BATCH);
    assertThat(sizes.keySet()).hasSize((int) batches);
  }

  private static long number(Logged logged) {
    String text = logged.message().payload().toStringUtf8();
    return Long.parseLong(text.substring(0, text.indexOf('/')));
  }

  private List<Logged> read() {
    List<Logged> all = new ArrayList<>();
    Map<Integer, Long> from = new HashMap<>(log.begins(Appender.TOPIC));
    while (true) {
      List<Logged> page = log.read(Appender.TOPIC, from, 5_000);
      if (page.isEmpty()) {
        return all;
      }
      all.addAll(page);
      page.forEach(logged -> from.put(logged.partition(), logged.position() + 1));
    }
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            TestKafka.classPath(),
            Appender.class.getName(),
            address)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.appendTo(new File("target/appender.log")))
        .start();
  }

  private static void signal(String name, Process process) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }
}
