package dev.concordat.events.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
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
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What every log must do. Each implementation runs it unchanged.
public abstract class BrokerConformance {
  private static final AtomicInteger TOPICS = new AtomicInteger();

  private final String topic = "conformance.v1.Told" + TOPICS.incrementAndGet();

  /// The log that is tried; the same for all tests.
  protected abstract Broker broker();

  /// Another process's view of the same log; closed by the test.
  protected abstract Broker another();

  protected static Envelope message(String topic, String key, String payload) {
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

    List<Logged> read = everything(1);
    assertThat(read).extracting(Logged::message).containsExactly(told);
    assertThat(read.getFirst().position()).isZero();
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

    List<Logged> read = everything(500);
    assertThat(read).hasSize(500);
    assertThat(partitions).isGreaterThan(1);
    assertThat(read.stream().map(Logged::partition).distinct().count()).isGreaterThan(1);
    assertThat(inOrderByKey(read)).isTrue();
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
    assertThat(everything(3)).hasSize(3);
  }

  @Test
  void oneNumberUsedByManyAtOnceAppendsOnce() {
    broker().declare(topic, Duration.ofDays(1));
    List<Envelope> batch = List.of(message(topic, "a", "1"), message(topic, "b", "2"));

    List<Boolean> appended =
        Fanout.each(
            IntStream.range(0, 8).boxed().toList(), any -> broker().append("p/race", 1, batch));

    assertThat(appended.stream().filter(done -> done)).hasSize(1);
    assertThat(everything(2)).hasSize(2);
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

    assertThat(everything(100)).extracting(l -> l.message().payload()).doesNotHaveDuplicates();
    assertThat(everything(100)).hasSize(100);
  }

  @Test
  void aReaderGoesOnWhereItWasAndFindsTheEnd() {
    int partitions = broker().declare(topic, Duration.ofDays(1));
    broker()
        .append(
            "p/pages",
            1,
            IntStream.range(0, 50).mapToObj(n -> message(topic, "key" + n, "" + n)).toList());

    assertThat(everything(50)).hasSize(50);
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
    List<Logged> read = everything(20);
    int partition = read.getFirst().partition();

    for (Logged logged : read) {
      long position = broker().positionAt(topic, partition, logged.appendedAt());
      List<Logged> from = broker().read(topic, Map.of(partition, position), 100);
      assertThat(from.getFirst().appendedAt()).isEqualTo(logged.appendedAt());
      assertThat(from).as("nothing of that instant is left out").contains(logged);
    }
    assertThat(broker().positionAt(topic, partition, Instant.EPOCH)).isZero();
    assertThat(broker().positionAt(topic, partition, read.getLast().appendedAt().plusSeconds(60)))
        .isEqualTo(broker().ends(topic).get(partition));
  }

  @Test
  void timesNeverFallWithPositions() {
    broker().declare(topic, Duration.ofDays(1));
    for (int n = 1; n <= 20; n++) {
      broker()
          .append("p/times", n, List.of(message(topic, "same", "a"), message(topic, "same", "b")));
    }

    assertThat(everything(40))
        .extracting(Logged::appendedAt)
        .isSorted()
        .isEqualTo(everything(40).stream().map(Logged::appendedAt).toList());
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

    assertThat(everything(1)).hasSize(1);
  }

  @Test
  void headersOfAllKindsStayAsTheyAre() {
    Map<String, String> headers =
        Map.of(
            "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "baggage", "shop=käse,percent=%20,list=a;b=c",
            "concordat-caller", "orders",
            "empty", "",
            "with-colon", "a: b: c",
            "unicode", "\u00e9\u4e2d\ud83d\ude00",
            "spaces", "  around  ");
    Envelope told = message(topic, "k", "p").withHeaders(headers);

    broker().append("p/headers", 1, List.of(told));

    assertThat(everything(1)).extracting(Logged::message).containsExactly(told);
  }

  @Test
  void nothingAtAllAndAMegabyteAreBothPayloads() {
    byte[] megabyte = new byte[1024 * 1024];
    new Random(7).nextBytes(megabyte);
    Envelope empty = withPayload(ByteString.EMPTY);
    Envelope large = withPayload(ByteString.copyFrom(megabyte));
    Envelope noKey = message(topic, "", "without a key");

    broker().append("p/sizes", 1, List.of(empty, large, large, noKey, empty));

    assertThat(everything(5))
        .extracting(Logged::message)
        .containsExactlyInAnyOrder(empty, large, large, noKey, empty);
  }

  private Envelope withPayload(ByteString payload) {
    Envelope m = message(topic, "k", "");
    return new Envelope(m.id(), m.source(), topic, m.key(), m.time(), m.headers(), payload);
  }

  @Test
  void aLargeBatchOverSeveralTopicsIsOneAppend() {
    String second = topic + "Too";
    List<Envelope> batch =
        IntStream.range(0, 2_000)
            .mapToObj(n -> message(n % 2 == 0 ? topic : second, "key" + n % 50, "" + n))
            .toList();

    assertThat(broker().append("p/large", 1, batch)).isTrue();

    assertThat(everything(1_000)).hasSize(1_000);
    assertThat(everything(second, 1_000)).hasSize(1_000);
    assertThat(inOrderByKey(everything(1_000))).isTrue();
  }

  @Test
  void anAppendOfNothingStillUsesItsNumber() {
    assertThat(broker().append("p/nothing", 3, List.of())).isTrue();

    assertThat(broker().appended("p/nothing")).isEqualTo(3);
    assertThat(broker().append("p/nothing", 3, List.of(message(topic, "a", "1")))).isFalse();
    assertThat(everything()).isEmpty();
  }

  @Test
  void whoeverTakesOverGoesOnWhereTheOtherWasAndTheOtherDoesNoHarm() {
    List<Envelope> first = List.of(message(topic, "a", "1"));
    List<Envelope> second = List.of(message(topic, "a", "2"));
    List<Envelope> third = List.of(message(topic, "a", "3"));
    assertThat(broker().append("p/over", 1, first)).isTrue();
    try (Broker successor = another()) {
      assertThat(successor.appended("p/over")).isEqualTo(1);
      assertThat(successor.append("p/over", 1, first)).isFalse();
      assertThat(successor.append("p/over", 2, second)).isTrue();

      assertThat(broker().append("p/over", 2, second)).as("from the one before").isFalse();
      assertThat(broker().append("p/over", 3, third)).isTrue();
      assertThat(successor.append("p/over", 3, third)).isFalse();
      assertThat(successor.appended("p/over")).isEqualTo(3);
    }
    assertThat(payloads(everything(3))).containsExactly("1", "2", "3");
  }

  @Test
  void twoProcessesThatBothThinkItIsTheirTurnAppendEachNumberOnce() {
    broker().declare(topic, Duration.ofDays(1));
    try (Broker other = another()) {
      List<Integer> done =
          Fanout.each(
              List.of(broker(), other),
              log -> {
                int appended = 0;
                for (int n = 1; n <= 10; n++) {
                  appended += once(log, n, message(topic, "same", "" + n)) ? 1 : 0;
                }
                return appended;
              });

      assertThat(done.stream().mapToInt(n -> n).sum()).isLessThanOrEqualTo(10);
      assertThat(other.appended("p/both")).isEqualTo(10);
    }
    assertThat(payloads(everything(10)))
        .containsExactly("1", "2", "3", "4", "5", "6", "7", "8", "9", "10");
  }

  /// As the sequencer does: again until it is known.
  private static boolean once(Broker log, int sequence, Envelope message) {
    while (true) {
      try {
        return log.append("p/both", sequence, List.of(message));
      } catch (Failure e) {
        assertThat(e.code()).isIn(Code.ABORTED, Code.UNAVAILABLE);
      }
    }
  }

  @Test
  void manyReadersEachAtItsOwnPlaceReadAllInOrder() {
    broker().declare(topic, Duration.ofDays(1));
    for (int n = 1; n <= 10; n++) {
      int first = n * 100;
      broker()
          .append(
              "p/readers",
              n,
              IntStream.range(first, first + 100)
                  .mapToObj(i -> message(topic, "key" + i % 20, "" + i))
                  .toList());
    }

    assertThat(everything(1_000)).hasSize(1_000);
    List<Integer> sizes =
        Fanout.each(
            List.of(1, 7, 64, 1_000),
            page -> {
              List<Logged> read = everything(broker(), topic, page);
              assertThat(inOrderByKey(read)).isTrue();
              return read.size();
            });

    assertThat(sizes).containsOnly(1_000);
  }

  @Test
  void aReaderMayGoBackAndLeavePartitionsOut() {
    int partitions = broker().declare(topic, Duration.ofDays(1));
    broker()
        .append(
            "p/back",
            1,
            IntStream.range(0, 100).mapToObj(n -> message(topic, "key" + n, "" + n)).toList());
    List<Logged> all = everything(100);

    int total = 0;
    for (int part = 0; part < partitions; part++) {
      int wanted = part;
      List<Logged> ofPart = broker().read(topic, Map.of(part, 0L), 1_000);
      assertThat(ofPart).isEqualTo(all.stream().filter(l -> l.partition() == wanted).toList());
      total += ofPart.size();
    }
    assertThat(total).isEqualTo(100);
  }

  @Test
  void beyondTheEndNothingIsReadUntilTheLogGetsThere() {
    broker().append("p/beyond", 1, List.of(message(topic, "a", "1")));
    int partition = everything(1).getFirst().partition();
    long end = broker().ends(topic).getOrDefault(partition, 0L);

    assertThat(broker().read(topic, Map.of(partition, end), 10)).isEmpty();
    assertThat(broker().read(topic, Map.of(partition, end + 1_000), 10)).isEmpty();
    assertThat(broker().read(topic, Map.of(partition, 0L), 10)).hasSize(1);
    broker().append("p/beyond", 2, List.of(message(topic, "a", "2")));
    assertThat(payloads(everything(2))).containsExactly("1", "2");
    assertThat(payloads(broker().read(topic, Map.of(partition, end), 10))).containsExactly("2");
    assertThat(broker().read(topic, Map.of(partition, end + 1_000), 10)).isEmpty();
  }

  @Test
  void aTopicWithoutMessagesBeginsWhereItEnds() {
    int partitions = broker().declare(topic, Duration.ofDays(1));

    assertThat(broker().ends(topic)).isEqualTo(broker().begins(topic)).hasSize(partitions);
    assertThat(broker().declare(topic, Duration.ofDays(2))).isEqualTo(partitions);
    assertThat(everything()).isEmpty();
  }

  @Test
  void readersInOtherProcessesAreWoken() {
    broker().declare(topic, Duration.ofDays(1));
    try (Broker other = another()) {
      AtomicInteger woken = new AtomicInteger();
      Runnable end = other.onAppend(topic, woken::incrementAndGet);
      AtomicInteger sequence = new AtomicInteger();

      Await.until(
          "the other process is woken",
          () -> {
            broker()
                .append("p/else", sequence.incrementAndGet(), List.of(message(topic, "a", "1")));
            return woken.get() > 1;
          });
      end.run();
    }
  }

  /// Reads all partitions to the end.
  protected final List<Logged> everything() {
    return everything(broker(), topic, 1_000);
  }

  /// Reads all partitions to the end, once there are that many messages.
  protected final List<Logged> everything(int expected) {
    return everything(topic, expected);
  }

  private List<Logged> everything(String topic, int expected) {
    Await.until(
        expected + " can be read", () -> everything(broker(), topic, 1_000).size() >= expected);
    return everything(broker(), topic, 1_000);
  }

  private static List<Logged> everything(Broker broker, String topic, int page) {
    List<Logged> all = new ArrayList<>();
    Map<Integer, Long> from = new HashMap<>(broker.begins(topic));
    while (true) {
      List<Logged> read = broker.read(topic, from, page);
      if (read.isEmpty()) {
        return all;
      }
      all.addAll(read);
      read.forEach(logged -> from.put(logged.partition(), logged.position() + 1));
    }
  }

  protected static List<String> payloads(List<Logged> read) {
    return read.stream().map(logged -> logged.message().payload().toStringUtf8()).toList();
  }

  /// Whether the numbers that are the payloads ascend for each key, and each key has one partition.
  private static boolean inOrderByKey(List<Logged> read) {
    Map<String, Integer> last = new HashMap<>();
    Map<String, Integer> partition = new HashMap<>();
    for (Logged logged : read) {
      String key = logged.message().key();
      int number = Integer.parseInt(logged.message().payload().toStringUtf8());
      if (last.getOrDefault(key, -1) >= number
          || partition.getOrDefault(key, logged.partition()) != logged.partition()) {
        return false;
      }
      last.put(key, number);
      partition.put(key, logged.partition());
    }
    return true;
  }

  protected final String topic() {
    return topic;
  }
}
