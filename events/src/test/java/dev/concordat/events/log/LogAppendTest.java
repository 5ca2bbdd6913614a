package dev.concordat.events.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.zaxxer.hikari.HikariDataSource;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.Postgres;
import dev.concordat.events.log.Broker.Logged;
import dev.concordat.events.store.Database;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogAppendTest {
  private static final String TOPIC = "append.v1.Told";
  private static final String OTHER = "append.v1.Other";
  private static final int MANY = 5_000;

  private HikariDataSource pool;
  private PostgresLog log;

  @BeforeEach
  void open() {
    pool = Postgres.database("append", 2); // one is kept for being woken
    log = PostgresLog.open(pool);
    log.declare(TOPIC, Duration.ofDays(1));
    log.declare(OTHER, Duration.ofDays(1));
  }

  @AfterEach
  void close() {
    log.close();
    pool.close();
  }

  private static Envelope told(String topic, String key, Instant time, String payload) {
    Envelope message = BrokerConformance.message(topic, key, payload);
    return new Envelope(
        message.id(), "source", topic, key, time, message.headers(), message.payload());
  }

  private static List<Envelope> many(String topic) {
    return IntStream.range(0, MANY)
        .mapToObj(n -> BrokerConformance.message(topic, "key" + n % 100, "" + n))
        .toList();
  }

  private List<Logged> everything(String topic) {
    List<Logged> all = new ArrayList<>();
    Map<Integer, Long> from = new HashMap<>(log.begins(topic));
    List<Logged> page = log.read(topic, from, 1_000);
    while (!page.isEmpty()) {
      all.addAll(page);
      page.forEach(logged -> from.put(logged.partition(), logged.position() + 1));
      page = log.read(topic, from, 1_000);
    }
    return all;
  }

  private long process() {
    return Postgres.number(pool, "select pg_backend_pid()");
  }

  @Test
  void wordsOfAllLanguagesAndNothingAtAllStayAsTheyAre() {
    Envelope words =
        new Envelope(
            UUID.randomUUID(),
            "källa/源",
            TOPIC,
            "ключ 😀\\N\t",
            Instant.parse("2026-01-02T03:04:05.678901Z"),
            Map.of("name", "Zoë 😀"),
            ByteString.copyFrom(new byte[] {0, -1, 10, 92}));
    Envelope nothing =
        new Envelope(UUID.randomUUID(), "", TOPIC, "", Instant.EPOCH, Map.of(), ByteString.EMPTY);

    log.append("p", 1, List.of(words, nothing));

    assertThat(everything(TOPIC))
        .extracting(Logged::message)
        .containsExactlyInAnyOrder(words, nothing);
  }

  @Test
  void manyMessagesInSeveralTopicsHaveDensePositionsInTheirOrder() {
    List<Envelope> both = new ArrayList<>();
    List<Envelope> told = many(TOPIC);
    List<Envelope> other = many(OTHER);
    for (int n = 0; n < MANY; n++) {
      both.add(told.get(n));
      both.add(other.get(n));
    }

    assertThat(log.append("p", 1, both)).isTrue();
    assertThat(log.append("p", 2, both)).isTrue();
    assertThat(log.append("p", 2, both)).isFalse();

    for (String topic : List.of(TOPIC, OTHER)) {
      Map<Integer, List<Logged>> parts = new HashMap<>();
      everything(topic)
          .forEach(
              one -> parts.computeIfAbsent(one.partition(), any -> new ArrayList<>()).add(one));
      assertThat(parts).hasSizeGreaterThan(1);
      parts.forEach((part, read) -> {
        assertThat(read)
            .extracting(Logged::position)
            .containsExactlyElementsOf(LongStream.range(0, read.size()).boxed().toList());
        List<Envelope> once = read.stream().map(Logged::message).limit(read.size() / 2).toList();
        assertThat(once).isSortedAccordingTo((a, b) -> Integer.compare(number(a), number(b)));
        assertThat(read.stream().map(Logged::message).skip(once.size())).isEqualTo(once);
        assertThat(read).extracting(Logged::appendedAt).isSorted();
        assertThat(read.stream().map(Logged::appendedAt).distinct()).hasSize(2);
      });
      assertThat(log.ends(topic).values().stream().mapToLong(n -> n).sum()).isEqualTo(2L * MANY);
    }
  }

  private static int number(Envelope message) {
    return Integer.parseInt(message.payload().toStringUtf8());
  }

  /// When it was told has nanoseconds where the clock gives them. The outbox rounds it with the
  /// driver, a log that somebody appends to directly by itself: readers must not see two times.
  @Test
  void theLogSaysTheSameTimeAsTheOutbox() throws SQLException {
    Random random = new Random(5);
    List<Envelope> told = new ArrayList<>();
    for (String second :
        List.of(
            "1582-10-15T12:00:00Z",
            "1969-12-31T23:59:59Z",
            "1999-12-31T23:59:59Z",
            "2026-07-08T09:10:11Z")) {
      for (int nano : List.of(0, 1, 499, 501, 999_999_999, random.nextInt(1_000_000) * 1_000 + 7)) {
        told.add(told(TOPIC, "k", Instant.parse(second).plusNanos(nano), ""));
      }
    }

    log.append("p", 1, told);

    assertThat(everything(TOPIC)).extracting(one -> one.message().time()).isEqualTo(outbox(told));
  }

  private List<Instant> outbox(List<Envelope> told) throws SQLException {
    List<Instant> times = new ArrayList<>();
    try (var connection = pool.getConnection();
        var echo =
            connection.prepareStatement(
                "select ?::uuid, ?::text, ?::text, ?::text, ?::timestamptz, ?::text, ?::bytea")) {
      for (Envelope message : told) {
        Columns.set(echo, message);
        try (var row = echo.executeQuery()) {
          row.next();
          times.add(row.getObject(5, OffsetDateTime.class).toInstant());
        }
      }
    }
    return times;
  }

  @Test
  void whatFailsInTheMiddleLeavesNothingAndTheConnectionUsable() {
    List<Envelope> messages = new ArrayList<>(many(OTHER));
    messages.addAll(many(TOPIC));
    messages.set(MANY + MANY / 2, BrokerConformance.message(TOPIC, "ends\u0000here", "bad"));
    long before = process();

    assertThatThrownBy(() -> log.append("p", 1, messages))
        .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(Code.INTERNAL))
        .cause()
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22021"))
        .hasMessageContaining("invalid byte sequence for encoding \"UTF8\": 0x00")
        .hasNoSuppressedExceptions();

    assertThat(log.appended("p")).isZero();
    assertThat(everything(TOPIC)).isEmpty();
    assertThat(everything(OTHER)).isEmpty();
    assertThat(log.append("p", 1, many(TOPIC))).isTrue();
    assertThat(everything(TOPIC)).hasSize(MANY);
    assertThat(process()).isEqualTo(before);
  }

  @Test
  void aFullDiskAndAServerThatGoesAwayAreSaidAsEver() {
    log.append("p", 1, List.of(BrokerConformance.message(TOPIC, "k", "1")));
    whenWritten("raise exception 'no space left on device' using errcode = '53100'");
    assertUnavailable();
    whenWritten("perform pg_terminate_backend(pg_backend_pid())");
    assertUnavailable();

    Postgres.execute(pool, "drop function gone cascade");
    assertThat(log.append("p", 2, many(TOPIC))).isTrue();
    assertThat(everything(TOPIC)).hasSize(1 + MANY);
  }

  private void assertUnavailable() {
    assertThatThrownBy(() -> log.append("p", 2, many(TOPIC)))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.code()).isEqualTo(Code.UNAVAILABLE));
    assertThat(log.appended("p")).isEqualTo(1);
    assertThat(everything(TOPIC)).hasSize(1);
  }

  /// Happens with the second half of the messages.
  private void whenWritten(String what) {
    Postgres.execute(
        pool,
        """
        create or replace function gone() returns trigger language plpgsql as $$
          begin
            if new.position > 300 then %s; end if;
            return new;
          end $$;
        create or replace trigger gone before insert on concordat.%s
          for each row execute function gone()
        """
            .formatted(what, segment()));
  }

  /// The plan that is right for one number, or for one message in a segment, is kept when there are
  /// thousands, and would read all of them for each append.
  @Test
  void neitherNumbersNorSegmentAreReadWholeForAnAppend() {
    try (var own = Postgres.again(pool, 1)) {
      Database database = new Database(own);
      LogAppend append = new LogAppend(database, new LogSegments(database));
      append.run("p", 1, List.of(BrokerConformance.message(TOPIC, "k", "1")));
      for (String table : List.of("log_append", segment())) {
        Postgres.execute(own, "vacuum analyze concordat." + table);
      }
      watchScans(own, "log_append");
      watchScans(own, segment());
      for (int n = 2; n <= 20; n++) {
        append.run("p", n, List.of(BrokerConformance.message(TOPIC, "k", "" + n)));
      }

      assertThat(Postgres.numbers(own, "select scans from seen")).hasSize(38).containsOnly(0L);
    }
  }

  private static void watchScans(DataSource database, String table) {
    Postgres.execute(
        database,
        """
        create table if not exists seen (scans bigint);
        create or replace function see() returns trigger language plpgsql as $$
          begin
            insert into seen values (pg_stat_get_xact_numscans(tg_relid));
            return null;
          end $$;
        create trigger see after insert on concordat.%s
          for each statement execute function see()
        """
            .formatted(table));
  }

  /// The one that messages of the topic are written to.
  private String segment() {
    return "log_%d_0"
        .formatted(
            Postgres.number(
                pool, "select id from concordat.log_topic where name = '%s'".formatted(TOPIC)));
  }
}
