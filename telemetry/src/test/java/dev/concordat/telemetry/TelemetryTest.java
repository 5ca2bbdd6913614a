package dev.concordat.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.ByteString;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import dev.concordat.core.ManualClock;
import dev.concordat.core.Observation;
import dev.concordat.core.Observer.Activity;
import dev.concordat.core.Observer.Kind;
import dev.concordat.core.TraceContext;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(60)
class TelemetryTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final ManualClock clock = new ManualClock();
  private final CollectorStub collector;
  private final Telemetry telemetry;

  TelemetryTest() throws Exception {
    collector = new CollectorStub();
    telemetry = open(options -> options);
  }

  @AfterEach
  void end() {
    telemetry.close();
    collector.close();
  }

  @Test
  void anObservationIsASpanWithItsIdsInTheContext() {
    clock.advance(Duration.ofMillis(7));
    Observation observation =
        telemetry.begin(
            activity(
                Kind.SERVER,
                "shop.orders.v1.Orders/PlaceOrder",
                Context.root(),
                Map.of("rpc.system", "grpc", "server.port", "8443")));
    TraceContext inside = observation.context().trace().orElseThrow();
    observation
        .context()
        .run(() -> Context.current().observation().set("concordat.key", "order-1"));
    observation.event("retry", Map.of("attempt", "2"));
    clock.advance(Duration.ofMillis(30));
    observation.close();
    observation.close();

    Span span = sent("shop.orders.v1.Orders/PlaceOrder");

    assertThat(collector.spans()).hasSize(1);
    assertThat(hex(span.getTraceId())).isEqualTo(inside.traceId());
    assertThat(hex(span.getSpanId())).isEqualTo(inside.spanId());
    assertThat(span.getParentSpanId()).isEmpty();
    assertThat(span.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
    assertThat(span.getEndTimeUnixNano() - span.getStartTimeUnixNano()).isEqualTo(30_000_000);
    assertThat(attributes(span.getAttributesList()))
        .containsEntry("rpc.system", "grpc")
        .containsEntry("server.port", "8443")
        .containsEntry("concordat.key", "order-1");
    assertThat(span.getEventsList())
        .singleElement()
        .satisfies(event -> assertThat(event.getName()).isEqualTo("retry"));
    assertThat(span.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_UNSET);
  }

  @Test
  void theResourceNamesTheService() {
    begin("a", Context.root()).close();
    sent("a");

    assertThat(attributes(collector.resourceSpans.getFirst().getResource().getAttributesList()))
        .containsEntry("service.name", "orders")
        .containsEntry("service.instance.id", "orders-1")
        .containsEntry("service.version", "1.2.3");
    assertThat(collector.requests).contains("/v1/traces application/x-protobuf secret");
  }

  @Test
  void aTraceFromElsewhereGoesOn() {
    TraceContext incoming = new TraceContext("a".repeat(32), "b".repeat(16), true, "v=1");

    Observation observation = begin("server", Context.root().withTrace(incoming));
    Observation within = begin("client", observation.context());
    within.close();
    observation.close();

    Span server = sent("server");
    Span client = collector.span("client");
    assertThat(hex(server.getTraceId())).isEqualTo("a".repeat(32));
    assertThat(hex(server.getParentSpanId())).isEqualTo("b".repeat(16));
    assertThat(client.getParentSpanId()).isEqualTo(server.getSpanId());
    assertThat(within.context().trace()).map(TraceContext::state).contains("v=1");
  }

  @Test
  void whatIsNotRecordedAtItsBeginningIsNotRecordedHere() {
    TraceContext incoming = new TraceContext("a".repeat(32), "b".repeat(16), false, "");

    Observation observation = begin("unrecorded", Context.root().withTrace(incoming));
    observation.close();
    begin("recorded", Context.root()).close();
    sent("recorded");

    assertThat(collector.spans()).hasSize(1);
    assertThat(observation.context().trace())
        .hasValueSatisfying(trace -> {
          assertThat(trace.traceId()).isEqualTo("a".repeat(32));
          assertThat(trace.sampled()).isFalse();
        });
  }

  @Test
  void theContextInsideKeepsTheConversationAndNamesTheService() {
    Context outside = Context.root().withIdempotencyKey("k").withCaller("edge");

    try (Observation observation = begin("a", outside)) {
      assertThat(observation.context().idempotencyKey()).contains("k");
      assertThat(observation.context().caller()).contains("edge");
      assertThat(observation.context().service()).contains("orders");
      assertThat(observation.context().observation()).isSameAs(observation);
    }
  }

  @Test
  void aFailureGivesCodeAndMessageAndWhoDecided() {
    Failure failure =
        Failure.of(Code.UNAVAILABLE, "stock does not answer")
            .with(
                Failure.Details.NONE
                    .withDecidedBy("retry")
                    .withReason("NO_ENDPOINT")
                    .withAttempts(3));
    try (Observation observation = begin("call", Context.root())) {
      observation.failed(failure);
    }

    Span span = sent("call");

    assertThat(span.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
    assertThat(span.getStatus().getMessage()).isEqualTo("stock does not answer");
    assertThat(attributes(span.getAttributesList()))
        .containsEntry("error.type", "UNAVAILABLE")
        .containsEntry("concordat.decided_by", "retry")
        .containsEntry("concordat.reason", "NO_ENDPOINT")
        .containsEntry("concordat.attempts", "3");
  }

  @Test
  void anExceptionGivesItsClassAndNothingThatMayBeSecret() {
    try (Observation observation = begin("call", Context.root())) {
      observation.failed(new IllegalStateException("password=hunter2"));
    }

    Span span = sent("call");

    assertThat(span.toString()).doesNotContain("hunter2");
    assertThat(span.getStatus().getMessage()).isEqualTo("java.lang.IllegalStateException");
    assertThat(span.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
  }

  @Test
  void aServersAnswerThatIsTheCallersFaultIsNoErrorOfTheServer() {
    try (Observation observation =
        telemetry.begin(activity(Kind.SERVER, "get", Context.root(), Map.of()))) {
      observation.failed(Failure.notFound("no order 7"));
    }

    Span span = sent("get");

    assertThat(span.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_UNSET);
    assertThat(attributes(span.getAttributesList())).containsEntry("error.type", "NOT_FOUND");
  }

  @Test
  void longValuesAreCut() {
    try (Observation observation = begin("a", Context.root())) {
      observation.set("note", "x".repeat(5_000));
    }

    assertThat(attributes(sent("a").getAttributesList()).get("note")).hasSize(1_024);
  }

  @Test
  void everyObservationIsMeasured() {
    for (int i = 0; i < 3; i++) {
      try (Observation observation = begin("call", Context.root())) {
        clock.advance(Duration.ofMillis(20));
        if (i == 2) {
          observation.failed(Failure.notFound("no"));
        }
      }
    }
    flush();

    List<HistogramDataPoint> points =
        collector.metric("concordat.duration").getHistogram().getDataPointsList();

    assertThat(collector.metric("concordat.duration").getUnit()).isEqualTo("s");
    assertThat(points)
        .hasSize(2)
        .anySatisfy(point -> {
          assertThat(attributes(point.getAttributesList()))
              .isEqualTo(Map.of("kind", "client", "name", "call", "code", "OK"));
          assertThat(point.getCount()).isEqualTo(2);
          assertThat(point.getSum()).isEqualTo(0.04);
        })
        .anySatisfy(point ->
            assertThat(attributes(point.getAttributesList())).containsEntry("code", "NOT_FOUND"));
  }

  @Test
  void countersDistributionsAndGaugesArrive() {
    telemetry.count("concordat.retries", 2, Map.of("target", "stock"));
    telemetry.count("concordat.retries", 3, Map.of("target", "stock"));
    telemetry.record("concordat.batch", 42, Map.of());
    Runnable remove = telemetry.gauge("concordat.queue", Map.of("queue", "a"), () -> 7);
    telemetry.gauge("concordat.queue", Map.of("queue", "b"), () -> 8);
    flush();

    assertThat(collector.metric("concordat.retries").getSum().getDataPointsList())
        .singleElement()
        .extracting(NumberDataPoint::getAsInt)
        .isEqualTo(5L);
    assertThat(collector.metric("concordat.batch").getHistogram().getDataPoints(0).getSum())
        .isEqualTo(42);
    assertThat(collector.metric("concordat.queue").getGauge().getDataPointsList()).hasSize(2);

    remove.run();
    flush();

    assertThat(collector.metric("concordat.queue").getGauge().getDataPointsList()).hasSize(1);
  }

  @Test
  void aGaugeThatThrowsHurtsNobody() {
    telemetry.gauge(
        "concordat.broken",
        Map.of(),
        () -> {
          throw new IllegalStateException("on purpose");
        });
    telemetry.count("concordat.retries", 1, Map.of());
    flush();

    assertThat(collector.metric("concordat.retries").getSum().getDataPointsCount()).isEqualTo(1);
  }

  @Test
  void attributesThatNeverEndAreCountedTogether() throws Exception {
    try (Telemetry small = open(options -> options.withSeriesPerMetric(10))) {
      for (int i = 0; i < 500; i++) {
        small.count("concordat.many", 1, Map.of("id", "id-" + i));
      }
      assertThat(small.flush(SOON)).isTrue();
    }

    List<NumberDataPoint> points = collector.metric("concordat.many").getSum().getDataPointsList();
    assertThat(points).hasSizeLessThanOrEqualTo(10);
    assertThat(points.stream().mapToLong(NumberDataPoint::getAsInt).sum()).isEqualTo(500);
  }

  @Test
  void closingSendsWhatWaits() {
    begin("last", Context.root()).close();

    telemetry.close();

    assertThat(collector.span("last").getName()).isEqualTo("last");
  }

  @Test
  void withoutACollectorOnlyTheIdsAreGiven() {
    try (Telemetry alone = Telemetry.open(TelemetryOptions.of("orders"));
        Observation observation =
            alone.begin(activity(Kind.CLIENT, "a", Context.root(), Map.of()))) {
      alone.count("concordat.retries", 1, Map.of());
      assertThat(observation.context().trace()).map(TraceContext::sampled).contains(true);
      assertThat(alone.flush(SOON)).isTrue();
    }
    assertThat(collector.requests).isEmpty();
  }

  @Test
  void anUnreachableCollectorIsSaidOnceAndCostsNothing() throws Exception {
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    root.addAppender(said);
    int freePort;
    try (ServerSocket socket = new ServerSocket(0)) {
      freePort = socket.getLocalPort();
    }
    Collector nobody =
        Collector.at(URI.create("http://localhost:" + freePort))
            .withTimeout(Duration.ofMillis(300));
    try (Telemetry alone =
        Telemetry.open(
            TelemetryOptions.of("orders").withCollector(nobody).withSpanQueue(10),
            Optional.empty(),
            clock)) {
      for (int i = 0; i < 100; i++) {
        alone.begin(activity(Kind.CLIENT, "a", Context.root(), Map.of())).close();
        if (i % 50 == 0) {
          alone.flush(SOON);
        }
      }
    } finally {
      root.detachAppender(said);
    }
    assertThat(said.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .hasSize(2)
        .anyMatch(line -> line.contains("/v1/traces takes no spans"))
        .anyMatch(line -> line.contains("/v1/metrics takes no metrics"));
  }

  @Test
  void aCollectorThatComesBackIsSaidAndUsed() {
    collector.status.set(404);
    begin("lost", Context.root()).close();
    telemetry.flush(SOON);

    collector.status.set(200);
    begin("kept", Context.root()).close();

    sent("kept");
    assertThat(collector.spans()).extracting(Span::getName).containsExactly("kept");
  }

  private Telemetry open(UnaryOperator<TelemetryOptions> change) {
    TelemetryOptions options =
        TelemetryOptions.of("orders")
            .withVersion("1.2.3")
            .withResource("service.instance.id", "orders-1")
            .withCollector(
                Collector.at(collector.address()).withHeaders(Map.of("X-Key", "secret")));
    return Telemetry.open(change.apply(options), Optional.empty(), clock);
  }

  private Observation begin(String name, Context context) {
    return telemetry.begin(activity(Kind.CLIENT, name, context, Map.of()));
  }

  private static Activity activity(
      Kind kind, String name, Context context, Map<String, String> attributes) {
    return new Activity(kind, name, context, attributes);
  }

  private void flush() {
    assertThat(telemetry.flush(SOON)).isTrue();
  }

  // More than once: the SDK takes a flush that follows closely on another for the same.
  private Span sent(String name) {
    long until = System.nanoTime() + SOON.toNanos();
    do {
      flush();
    } while (collector.find(name).isEmpty() && System.nanoTime() < until);
    return collector.span(name);
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  private static Map<String, String> attributes(List<KeyValue> attributes) {
    return attributes.stream()
        .collect(
            Collectors.toMap(
                KeyValue::getKey,
                kv ->
                    kv.getValue().hasIntValue()
                        ? Long.toString(kv.getValue().getIntValue())
                        : kv.getValue().hasBoolValue()
                            ? Boolean.toString(kv.getValue().getBoolValue())
                            : kv.getValue().getStringValue()));
  }
}
