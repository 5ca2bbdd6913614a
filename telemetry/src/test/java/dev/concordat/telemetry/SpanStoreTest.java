package dev.concordat.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import dev.concordat.core.Fanout;
import dev.concordat.core.ManualClock;
import dev.concordat.core.Observation;
import dev.concordat.core.Observer.Activity;
import dev.concordat.core.Observer.Kind;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

@Timeout(120)
class SpanStoreTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static EmbeddedPostgres postgres;

  private final ManualClock clock = new ManualClock();
  private final AtomicBoolean down = new AtomicBoolean();
  private final DataSource database = new Breakable(down);
  private final Traces traces = new Traces(database);
  private final SpanStore store = SpanStore.open(database, SpanStoreOptions.DEFAULT);
  private final Telemetry telemetry = telemetry("orders", store);

  @BeforeAll
  static void start() throws IOException {
    postgres = EmbeddedPostgres.start();
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  @AfterEach
  void end() throws SQLException {
    down.set(false);
    telemetry.close();
    store.close();
    execute("drop schema if exists telemetry cascade");
  }

  @Test
  void aTraceIsFoundByItsKeyAtOnce() {
    Observation order = begin("POST /v1/orders", Kind.SERVER, Context.root());
    Observation publish = begin("publish OrderConfirmed", Kind.PRODUCER, order.context());
    publish.set("concordat.key", "ord-1");
    publish.event("appended", Map.of("position", "7", "note", "a \"quoted\" 'ü' \0 \ud800"));
    publish.failed(Failure.of(Code.ABORTED, "lost a race"));
    clock.advance(Duration.ofMillis(5));
    publish.close();
    order.close();
    store.flush(SOON);

    Conversation found = only(traces.find("ord-1"));
    List<StoredSpan> spans = traces.trace(found.traceId());

    assertThat(found.name()).isEqualTo("POST /v1/orders");
    assertThat(found.service()).isEqualTo("orders");
    assertThat(found.spans()).isEqualTo(2);
    assertThat(found.began()).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(spans)
        .extracting(StoredSpan::name)
        .containsExactlyInAnyOrder("POST /v1/orders", "publish OrderConfirmed");
    StoredSpan stored = named(spans, "publish OrderConfirmed");
    assertThat(stored.place().parentId())
        .isEqualTo(order.context().trace().map(trace -> trace.spanId()));
    assertThat(stored.kind()).isEqualTo(Kind.PRODUCER);
    assertThat(stored.took()).isEqualTo(Duration.ofMillis(5));
    assertThat(stored.key()).contains("ord-1");
    assertThat(stored.failure()).contains(new StoredSpan.Failed("ABORTED", "lost a race"));
    assertThat(only(stored.events()).attributes())
        .containsEntry("position", "7")
        .containsEntry("note", "a \"quoted\" 'ü' \uFFFD \uFFFD");
  }

  @Test
  void theConversationThatCreatedAKeyComesFirst() {
    for (String name : List.of("create", "look", "cancel")) {
      Observation observation = begin(name, Kind.SERVER, Context.root());
      observation.set("concordat.key", "ord-2");
      observation.close();
      clock.advance(Duration.ofSeconds(1));
    }
    store.flush(SOON);

    assertThat(traces.find("ord-2"))
        .extracting(Conversation::name)
        .containsExactly("create", "look", "cancel");
    assertThat(traces.find("unknown")).isEmpty();
    assertThat(traces.trace("f".repeat(32))).isEmpty();
  }

  @Test
  void spansAreWrittenWithoutBeingAskedFor() {
    Observation observation = begin("a", Kind.SERVER, Context.root());
    observation.close();
    String traceId = observation.context().trace().orElseThrow().traceId();

    long deadline = System.nanoTime() + SOON.toNanos();
    while (traces.trace(traceId).isEmpty() && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }

    assertThat(traces.trace(traceId)).hasSize(1);
  }

  @Test
  void manyServicesAndProcessesWriteAtOnce() throws SQLException {
    execute("drop schema telemetry cascade");
    Context root =
        Context.root()
            .withTrace(begin("x", Kind.CLIENT, Context.root()).context().trace().orElseThrow());

    Fanout.each(
        IntStream.range(0, 8).boxed().toList(),
        process -> {
          try (SpanStore own = SpanStore.open(database, SpanStoreOptions.DEFAULT);
              Telemetry service = telemetry("service-" + process, own)) {
            for (int i = 0; i < 250; i++) {
              service.begin(new Activity(Kind.CLIENT, "call", root, Map.of())).close();
            }
          }
          return process;
        });

    List<StoredSpan> spans = traces.trace(root.trace().orElseThrow().traceId());
    assertThat(spans).hasSize(2_000);
    assertThat(spans.stream().map(StoredSpan::service).distinct()).hasSize(8);
  }

  @Test
  void aRequestNeverWaitsAndWhatDoesNotFitIsCounted() {
    SpanStoreOptions small = SpanStoreOptions.DEFAULT.withQueue(10);
    try (SpanStore own = SpanStore.open(database, small);
        Telemetry service = telemetry("stock", own)) {
      down.set(true);
      for (int i = 0; i < 3_000; i++) {
        service.begin(new Activity(Kind.CLIENT, "call", Context.root(), Map.of())).close();
      }
      assertThat(own.dropped()).isBetween(1_900L, 2_990L);
    } finally {
      down.set(false);
    }
  }

  @Test
  void whatWaitedWhileTheDatabaseWasDownIsWrittenLater() {
    down.set(true);
    Observation observation = begin("a", Kind.SERVER, Context.root());
    observation.close();
    assertThat(store.flush(SOON)).isTrue();
    String traceId = observation.context().trace().orElseThrow().traceId();

    down.set(false);
    store.flush(SOON);

    assertThat(traces.trace(traceId)).hasSize(1);
    assertThat(store.dropped()).isZero();
  }

  @Test
  void whatIsOldOrTooMuchIsLetGo() throws SQLException {
    SpanRows rows = new SpanRows(database);
    for (int i = 0; i < 20; i++) {
      begin("a", Kind.SERVER, Context.root()).close();
      clock.advance(Duration.ofHours(1));
    }
    store.flush(SOON);

    rows.prune(1_000, clock.now().minus(Duration.ofHours(5)));
    assertThat(count()).isEqualTo(5);
    rows.prune(3, clock.now().minus(Duration.ofDays(1)));
    assertThat(count()).isEqualTo(3);
  }

  @Test
  void nobodyWaitsForAStoreThatIsClosed() {
    store.close();

    assertThat(store.flush(Duration.ofDays(1))).isFalse();
  }

  @Test
  void aDatabaseThatCannotBeUsedIsSaid() {
    down.set(true);

    assertThatThrownBy(() -> SpanStore.open(database, SpanStoreOptions.DEFAULT))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE));
    assertThatThrownBy(() -> traces.find("a")).isInstanceOf(Failure.class);
  }

  @Test
  void whereNothingWasEverKeptNothingIsFound() throws SQLException {
    execute("drop schema telemetry cascade");

    assertThat(traces.find("ord-1")).isEmpty();
    assertThat(traces.trace("a".repeat(32))).isEmpty();
  }

  private Telemetry telemetry(String service, SpanStore into) {
    return Telemetry.open(TelemetryOptions.of(service), Optional.of(into), clock);
  }

  private Observation begin(String name, Kind kind, Context context) {
    return telemetry.begin(new Activity(kind, name, context, Map.of()));
  }

  private static <T> T only(List<T> list) {
    assertThat(list).hasSize(1);
    return list.getFirst();
  }

  private static StoredSpan named(List<StoredSpan> spans, String name) {
    return spans.stream().filter(span -> span.name().equals(name)).findFirst().orElseThrow();
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static int count() throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select count(*) from telemetry.span")) {
      row.next();
      return row.getInt(1);
    }
  }

  /// The real database, or none at its address.
  private static final class Breakable extends PGSimpleDataSource {
    private static final long serialVersionUID = 1L;
    private final AtomicBoolean down;

    Breakable(AtomicBoolean down) {
      this.down = down;
      setUrl(postgres.getJdbcUrl("postgres", "postgres"));
    }

    @Override
    public Connection getConnection() throws SQLException {
      if (down.get()) {
        throw new SQLException("connection refused", "08001");
      }
      return super.getConnection();
    }
  }
}
