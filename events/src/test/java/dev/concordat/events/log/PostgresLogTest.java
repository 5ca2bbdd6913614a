package dev.concordat.events.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.concordat.events.Await;
import dev.concordat.events.Postgres;
import dev.concordat.events.subscriptions.Partitions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PostgresLogTest extends BrokerConformance {
  private static HikariDataSource pool;
  private static PostgresLog log;

  @BeforeAll
  static void open() {
    pool = Postgres.database("log");
    log = PostgresLog.open(pool, new PostgresLog.Limit(100, Duration.ofHours(1)));
  }

  @AfterAll
  static void close() {
    log.close();
    pool.close();
  }

  @Override
  protected Broker broker() {
    return log;
  }

  @Override
  protected Broker another() {
    return PostgresLog.open(pool);
  }

  @Test
  void aFullSegmentIsFollowedByAnotherAndReadAcross() {
    try (var otherPool = Postgres.again(pool, 4);
        var other = PostgresLog.open(otherPool)) {
      append(1, 250);
      assertThat(other.read(topic(), other.begins(topic()), 10)).hasSize(10);
      log.keepUp();
      append(2, 50);
      log.keepUp();
      append(3, 7);

      assertThat(segments()).isEqualTo(2);
      assertThat(everything()).hasSize(307);
      assertThat(other.append("p/other", 1, List.of(message(topic(), "x", "from elsewhere"))))
          .isTrue();
      assertThat(everything()).hasSize(308);
      assertThat(log.ends(topic()).values().stream().mapToLong(n -> n).sum()).isEqualTo(308);
    }
  }

  /// With two of them, as many who append for the first time as the pool has connections would wait
  /// for each other.
  @Test
  void whoAppendsForTheFirstTimeTakesOneConnection() {
    log.declare(topic(), Duration.ofDays(1));
    try (var otherPool = Postgres.again(pool, 2);
        var other = PostgresLog.open(otherPool)) {
      Await.until(
          "one is kept for being woken",
          () -> otherPool.getHikariPoolMXBean().getActiveConnections() == 1);

      assertThat(other.append("p/first", 1, List.of(message(topic(), "x", "first")))).isTrue();
    }
  }

  @Test
  void aReadIsFullAlsoWhenOnePartitionHasNearlyEverything() {
    log.declare(topic(), Duration.ofDays(1));
    var many = IntStream.range(0, 40).mapToObj(n -> message(topic(), "hot", "" + n));
    var all = Stream.concat(many, Stream.of(message(topic(), "cold", "c")));
    log.append("p/hot", 1, all.toList());

    List<Broker.Logged> page = log.read(topic(), log.begins(topic()), 30);

    assertThat(page).hasSize(30);
    assertThat(page).filteredOn(one -> one.message().key().equals("cold")).hasSize(1);
    assertThat(page)
        .filteredOn(one -> one.message().key().equals("hot"))
        .extracting(Broker.Logged::position)
        .isSorted()
        .doesNotHaveDuplicates();
  }

  @Test
  void whatIsOlderThanTheRetentionIsDroppedWhole() {
    log.declare(topic(), Duration.ofDays(1));
    append(1, 150);
    log.keepUp();
    append(2, 20);
    var begins = log.begins(topic());
    aDayGoesBy();
    aDayGoesBy();
    log.keepUp();

    assertThat(segments()).isEqualTo(1);
    assertThat(everything()).hasSize(20);
    assertThat(log.read(topic(), begins, 100)).as("from a position that is gone").hasSize(20);
    assertThat(log.begins(topic()).values().stream().mapToLong(n -> n).sum()).isEqualTo(150);
  }

  /// It knows a segment that was closed and dropped since.
  @Test
  void whoHasNotAppendedForAsLongAsTheRetentionGoesOnAppending() {
    log.declare(topic(), Duration.ofDays(1));
    try (var otherPool = Postgres.again(pool, 4);
        var other = PostgresLog.open(otherPool)) {
      other.append("p/seldom", 1, List.of(message(topic(), "x", "1")));
      append(1, 150);
      log.keepUp();
      aDayGoesBy();
      aDayGoesBy();
      log.keepUp();

      assertThat(other.append("p/seldom", 2, List.of(message(topic(), "x", "2")))).isTrue();
    }
    assertThat(payloads(everything())).containsExactly("2");
  }

  @Test
  void retentionWaitsForWhoHasYetToReadAsLongAgain() {
    log.declare(topic(), Duration.ofDays(1));
    append(1, 150);
    log.keepUp();
    append(2, 20);
    Map<Integer, Long> ends = log.ends(topic());
    log.reached("a/quick", topic(), ends);
    log.reached("a/slow", topic(), Map.of(0, 1L));
    aDayGoesBy();
    log.keepUp();
    assertThat(everything()).as("a/slow has yet to read it").hasSize(170);

    log.reached("a/slow", topic(), ends);
    log.keepUp();
    assertThat(everything()).as("everybody has read it").hasSize(20);
  }

  @Test
  void retentionWaitsForNobodyForEver() {
    log.declare(topic(), Duration.ofDays(1));
    append(1, 150);
    log.keepUp();
    log.reached("a/dead", topic(), Map.of(0, 0L, 1, 0L));
    aDayGoesBy();
    log.keepUp();
    assertThat(everything()).hasSize(150);
    aDayGoesBy();
    log.keepUp();
    assertThat(everything()).isEmpty();
  }

  @Test
  void keysHaveThePartitionThatKafkaGivesThem() {
    // Pinned by org.apache.kafka.common.utils.UtilsTest#testMurmur2.
    assertThat(Partitions.murmur2("21".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
        .isEqualTo(-973932308);
    assertThat(Partitions.murmur2("foobar".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
        .isEqualTo(-790332482);
    assertThat(
            Partitions.murmur2(
                "a-little-bit-long-string".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
        .isEqualTo(-985981536);
  }

  private void append(long sequence, int count) {
    log.append(
        "p/" + topic(),
        sequence,
        IntStream.range(0, count).mapToObj(n -> message(topic(), "key" + n, "" + n)).toList());
  }

  private void aDayGoesBy() {
    Postgres.execute(
        pool,
        "update concordat.log_segment set closed_at = closed_at - interval '25 hours'"
            + " where topic = (select id from concordat.log_topic where name = '"
            + topic()
            + "') and closed_at is not null");
  }

  private long segments() {
    return Postgres.number(
        pool,
        "select count(*) from concordat.log_segment join concordat.log_topic on topic = id"
            + " where name = '"
            + topic()
            + "'");
  }
}
