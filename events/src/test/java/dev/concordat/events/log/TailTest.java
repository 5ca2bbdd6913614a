package dev.concordat.events.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.Postgres;
import dev.concordat.events.log.Broker.Logged;
import dev.concordat.events.subscriptions.Partitions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TailTest {
  private static final String TOPIC = "tail.v1.Told";
  private static final int TOLD = 600;

  private static HikariDataSource pool;
  private static PostgresLog log;

  /// One message an append, so that the order of all is that of their numbers.
  @BeforeAll
  static void tell() {
    pool = Postgres.database("tail");
    log = PostgresLog.open(pool);
    log.declare(TOPIC, Duration.ofDays(1));
    for (int n = 1; n <= TOLD; n++) {
      log.append("p", n, List.of(BrokerConformance.message(TOPIC, "key" + n % 13, "" + n)));
    }
  }

  @AfterAll
  static void close() {
    log.close();
    pool.close();
  }

  private static Tail open(TailFrom from) {
    return Tail.open(log, new Tail.Spec(TOPIC, from, Optional.empty(), Optional.empty()));
  }

  private static List<Integer> numbers(Tail tail) {
    return messages(tail).stream().map(TailTest::number).toList();
  }

  private static List<Logged> messages(Tail tail) {
    List<Logged> all = new ArrayList<>();
    List<Logged> page = tail.next();
    while (!page.isEmpty()) {
      all.addAll(page);
      page = tail.next();
    }
    return all;
  }

  private static int number(Logged logged) {
    return Integer.parseInt(logged.message().payload().toStringUtf8());
  }

  @Test
  void everythingComesInTheOrderOfItsAppendingWhateverThePartition() {
    try (Tail tail = open(new TailFrom.Beginning())) {
      assertThat(numbers(tail)).isEqualTo(IntStream.rangeClosed(1, TOLD).boxed().toList());
      assertThat(tail.positions()).isEqualTo(log.ends(TOPIC));
    }
  }

  @Test
  void theLastOfAllOrOfAKeyCanBeAskedFor() {
    try (Tail tail = open(new TailFrom.Last(5))) {
      assertThat(numbers(tail)).containsExactly(596, 597, 598, 599, 600);
    }
    var ofKey =
        new Tail.Spec(TOPIC, new TailFrom.Last(2), Optional.empty(), Optional.of("key" + 1));
    try (Tail tail = Tail.open(log, ofKey)) {
      assertThat(numbers(tail)).containsExactly(586, 599);
    }
  }

  @Test
  void anInstantAndAPositionAreFound() {
    try (Tail all = open(new TailFrom.Beginning())) {
      Logged middle =
          messages(all).stream().filter(each -> number(each) == 300).findFirst().orElseThrow();
      try (Tail tail = open(new TailFrom.At(middle.appendedAt()))) {
        assertThat(numbers(tail)).contains(300).doesNotContain(290);
      }
      int part = middle.partition();
      var at =
          new Tail.Spec(
              TOPIC,
              new TailFrom.Positions(Map.of(part, middle.position())),
              Optional.of(part),
              Optional.empty());
      try (Tail tail = Tail.open(log, at)) {
        assertThat(messages(tail))
            .first()
            .isEqualTo(middle)
            .satisfies(first -> assertThat(first.partition()).isEqualTo(part));
      }
    }
  }

  @Test
  void whatComesLaterIsFollowed() throws InterruptedException {
    String topic = "tail.v1.Later";
    log.declare(topic, Duration.ofDays(1));
    log.append("later", 1, List.of(BrokerConformance.message(topic, "a", "1")));
    var end = new Tail.Spec(topic, new TailFrom.End(), Optional.empty(), Optional.empty());
    try (Tail tail = Tail.open(log, end)) {
      assertThat(tail.next()).isEmpty();

      log.append("later", 2, List.of(BrokerConformance.message(topic, "a", "2")));

      List<Logged> found = tail.next();
      for (int i = 0; found.isEmpty() && i < 30; i++) {
        tail.await(Duration.ofSeconds(1));
        found = tail.next();
      }
      assertThat(found).extracting(TailTest::number).containsExactly(2);
    }
  }

  @Test
  void placesThatAreNotThereAreNamed() {
    int part = Partitions.of("key1", Partitions.DEFAULT);
    long end = log.ends(TOPIC).getOrDefault(part, 0L);
    assertThatThrownBy(() -> open(new TailFrom.Positions(Map.of(part, end + 1))))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.code()).isEqualTo(Code.OUT_OF_RANGE))
        .hasMessageContaining("is not there yet: the end is " + part + "@" + end);
    var none = new Tail.Spec(TOPIC, new TailFrom.Beginning(), Optional.of(99), Optional.empty());
    assertThatThrownBy(() -> Tail.open(log, none)).hasMessageContaining("partitions 0 to 7");
  }
}
