package dev.concordat.telemetry;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// What one service tells about itself, and how much.
///
/// @param service its owner name (`service.name`)
/// @param resource what else names it: `service.instance.id` (default: random), `service.version`,
///   `deployment.environment.name`, …
/// @param collector where spans and metrics are sent; nowhere by default
/// @param sampling share of the traces begun here that are recorded, 0 to 1, default 1; a trace
///   that came from elsewhere is recorded when its beginning was
/// @param spanQueue ended spans that wait for the collector, more are dropped; default 2,048
/// @param seriesPerMetric combinations of attributes that one metric keeps apart, the rest are
///   counted together; default 1,000
public record TelemetryOptions(
    String service,
    Map<String, String> resource,
    Optional<Collector> collector,
    double sampling,
    int spanQueue,
    int seriesPerMetric) {
  private static final int SPAN_QUEUE = 2_048;
  private static final int SERIES = 1_000;

  /// Checks the limits and copies the resource.
  public TelemetryOptions {
    resource = Map.copyOf(resource);
    if (service.isBlank()) {
      throw new IllegalArgumentException("a service needs a name");
    }
    if (!(sampling >= 0 && sampling <= 1)) {
      throw new IllegalArgumentException("sampling is a share from 0 to 1, got " + sampling);
    }
    if (spanQueue < 1 || seriesPerMetric < 1) {
      throw new IllegalArgumentException("every limit must be at least 1");
    }
  }

  /// The defaults for this service.
  public static TelemetryOptions of(String service) {
    return new TelemetryOptions(
        service,
        Map.of("service.instance.id", UUID.randomUUID().toString()),
        Optional.empty(),
        1,
        SPAN_QUEUE,
        SERIES);
  }

  /// The defaults for this service and what the standard variables say: the [Collector]'s,
  /// `OTEL_RESOURCE_ATTRIBUTES`, and `OTEL_TRACES_SAMPLER_ARG`. `OTEL_SERVICE_NAME` is not read:
  /// one process may hold many services.
  public static TelemetryOptions fromEnvironment(String service, Map<String, String> environment) {
    TelemetryOptions options = of(service);
    Map<String, String> resource = new LinkedHashMap<>(options.resource);
    for (String pair : environment.getOrDefault("OTEL_RESOURCE_ATTRIBUTES", "").split(",", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0 && !pair.substring(0, equals).strip().equals("service.name")) {
        resource.put(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
      }
    }
    return new TelemetryOptions(
        service,
        resource,
        Collector.fromEnvironment(environment),
        share(environment.getOrDefault("OTEL_TRACES_SAMPLER_ARG", "1")),
        SPAN_QUEUE,
        SERIES);
  }

  /// The same with one more resource attribute.
  public TelemetryOptions withResource(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(resource);
    more.put(name, value);
    return new TelemetryOptions(service, more, collector, sampling, spanQueue, seriesPerMetric);
  }

  /// The same with this version of the service.
  public TelemetryOptions withVersion(String version) {
    return withResource("service.version", version);
  }

  /// The same with another collector.
  public TelemetryOptions withCollector(Collector collector) {
    return new TelemetryOptions(
        service, resource, Optional.of(collector), sampling, spanQueue, seriesPerMetric);
  }

  /// The same with another share of recorded traces.
  public TelemetryOptions withSampling(double sampling) {
    return new TelemetryOptions(service, resource, collector, sampling, spanQueue, seriesPerMetric);
  }

  /// The same with another queue.
  public TelemetryOptions withSpanQueue(int spanQueue) {
    return new TelemetryOptions(service, resource, collector, sampling, spanQueue, seriesPerMetric);
  }

  /// The same with another number of series.
  public TelemetryOptions withSeriesPerMetric(int seriesPerMetric) {
    return new TelemetryOptions(service, resource, collector, sampling, spanQueue, seriesPerMetric);
  }

  private static double share(String text) {
    try {
      return Math.clamp(Double.parseDouble(text), 0, 1);
    } catch (NumberFormatException e) {
      return 1;
    }
  }
}
