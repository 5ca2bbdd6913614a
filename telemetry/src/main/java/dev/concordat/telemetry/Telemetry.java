package dev.concordat.telemetry;

import dev.concordat.core.Clock;
import dev.concordat.core.Context;
import dev.concordat.core.Observation;
import dev.concordat.core.Observer;
import dev.concordat.core.TraceContext;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.SdkMeterProviderBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SdkTracerProviderBuilder;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/// Core's observer on OpenTelemetry, one for each service: every observation is a span and a
/// measured duration. Spans go to the [Collector] and the [SpanStore], metrics to the collector;
/// without either, only the ids are given.
///
/// Threads: safe for many. Ended spans are queued, never waited for.
///
/// Failure: a collector or store that is down costs telemetry, not requests; what does not fit the
/// queue is dropped.
public final class Telemetry implements Observer, AutoCloseable {
  private static final String SCOPE = "dev.concordat";
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int VALUE_LENGTH = 1_024;
  private static final int ATTRIBUTES = 64;
  private static final int EVENTS = 64;

  private final String service;
  private final Clock clock;
  private final SdkTracerProvider traces;
  private final SdkMeterProvider metrics;
  private final Tracer tracer;
  private final Meters meters;
  private final Optional<SpanStore> store;

  private Telemetry(TelemetryOptions options, Optional<SpanStore> store, Clock clock) {
    this.service = options.service();
    this.clock = clock;
    this.store = store;
    Optional<OtlpExport> export = options.collector().map(OtlpExport::new);
    Resource resource = resource(options);
    this.traces = traces(options, resource, export);
    this.metrics = metrics(options, resource, export);
    this.tracer = traces.get(SCOPE);
    this.meters = new Meters(metrics.get(SCOPE));
  }

  /// Telemetry of one service.
  public static Telemetry open(TelemetryOptions options) {
    return new Telemetry(options, Optional.empty(), Clock.SYSTEM);
  }

  /// Telemetry of one service, its spans also kept in the store. The store stays open when this is
  /// closed: services of one process share it.
  public static Telemetry open(TelemetryOptions options, SpanStore store) {
    return new Telemetry(options, Optional.of(store), Clock.SYSTEM);
  }

  /// The same, with time from elsewhere.
  static Telemetry open(TelemetryOptions options, Optional<SpanStore> store, Clock clock) {
    return new Telemetry(options, store, clock);
  }

  @Override
  public Observation begin(Activity activity) {
    Context context = activity.context();
    SpanBuilder builder =
        tracer
            .spanBuilder(activity.name())
            .setSpanKind(SpanKind.valueOf(activity.kind().name()))
            .setAllAttributes(attributes(activity.attributes()));
    context.trace().ifPresentOrElse(t -> builder.setParent(parent(t)), () -> builder.setNoParent());
    activity.links().forEach(link -> builder.addLink(spanContext(link)));
    Span span = builder.startSpan();
    String state = context.trace().map(TraceContext::state).orElse("");
    Context inside = context.withTrace(trace(span, state)).withService(service);
    return new SpanObservation(span, activity, inside, clock, meters);
  }

  @Override
  public void count(String metric, long by, Map<String, String> attributes) {
    meters.count(metric, by, attributes(attributes));
  }

  @Override
  public void record(String metric, double value, Map<String, String> attributes) {
    meters.record(metric, value, attributes(attributes));
  }

  @Override
  public Runnable gauge(String metric, Map<String, String> attributes, DoubleSupplier value) {
    return meters.gauge(metric, attributes(attributes), value);
  }

  /// Sends what waits.
  ///
  /// @return true when it was tried within this time; whether it was taken, the log says
  public boolean flush(Duration atMost) {
    boolean kept = store.map(s -> s.flush(atMost)).orElse(true);
    return kept && within(atMost, List.of(traces.forceFlush(), metrics.forceFlush()));
  }

  /// Sends what waits, 5 seconds at most, and ends.
  @Override
  public void close() {
    store.ifPresent(s -> s.flush(PATIENCE));
    within(PATIENCE, List.of(traces.shutdown(), metrics.shutdown()));
  }

  static Attributes attributes(Map<String, String> attributes) {
    AttributesBuilder builder = Attributes.builder();
    attributes.forEach((name, value) -> SpanAttributes.put(builder, name, value));
    return builder.build();
  }

  private static boolean within(Duration atMost, List<CompletableResultCode> results) {
    return CompletableResultCode.ofAll(results)
        .join(atMost.toMillis(), TimeUnit.MILLISECONDS)
        .isSuccess();
  }

  private static Resource resource(TelemetryOptions options) {
    AttributesBuilder builder = Attributes.builder();
    options.resource().forEach(builder::put);
    return Resource.create(builder.put("service.name", options.service()).build());
  }

  private SdkTracerProvider traces(
      TelemetryOptions options, Resource resource, Optional<OtlpExport> export) {
    SdkTracerProviderBuilder builder =
        SdkTracerProvider.builder()
            .setResource(resource)
            .setClock(new SpanClock(clock))
            .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(options.sampling())))
            .setSpanLimits(
                SpanLimits.builder()
                    .setMaxAttributeValueLength(VALUE_LENGTH)
                    .setMaxNumberOfAttributes(ATTRIBUTES)
                    .setMaxNumberOfEvents(EVENTS)
                    .build());
    export.ifPresent(e -> builder.addSpanProcessor(e.spans(options.spanQueue())));
    store.ifPresent(s -> builder.addSpanProcessor(new StoreProcessor(s)));
    return builder.build();
  }

  private SdkMeterProvider metrics(
      TelemetryOptions options, Resource resource, Optional<OtlpExport> export) {
    SdkMeterProviderBuilder builder =
        SdkMeterProvider.builder().setResource(resource).setClock(new SpanClock(clock));
    export.ifPresent(
        e -> builder.registerMetricReader(e.metrics(), type -> options.seriesPerMetric()));
    return builder.build();
  }

  private static io.opentelemetry.context.Context parent(TraceContext trace) {
    return io.opentelemetry.context.Context.root().with(Span.wrap(spanContext(trace)));
  }

  private static SpanContext spanContext(TraceContext trace) {
    TraceFlags flags = trace.sampled() ? TraceFlags.getSampled() : TraceFlags.getDefault();
    return SpanContext.createFromRemoteParent(
        trace.traceId(), trace.spanId(), flags, TraceState.getDefault());
  }

  private static TraceContext trace(Span span, String state) {
    SpanContext at = span.getSpanContext();
    return new TraceContext(at.getTraceId(), at.getSpanId(), at.isSampled(), state);
  }
}
