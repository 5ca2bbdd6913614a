package dev.concordat.telemetry;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Where spans and metrics are sent: any OpenTelemetry collector that takes OTLP over HTTP
/// (protobuf).
///
/// Source: [OTLP exporter
/// configuration](https://opentelemetry.io/docs/specs/otel/protocol/exporter/).
///
/// @param traces where spans are posted, for example `http://localhost:4318/v1/traces`
/// @param metrics where metrics are posted
/// @param headers sent with every post, for example an API key; never logged
/// @param timeout of one post, default 5 s
/// @param metricInterval time between two posts of metrics, default 60 s
public record Collector(
    URI traces,
    URI metrics,
    Map<String, String> headers,
    Duration timeout,
    Duration metricInterval) {
  private static final System.Logger LOG = System.getLogger(Collector.class.getName());
  private static final String PREFIX = "OTEL_EXPORTER_OTLP_";
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration INTERVAL = Duration.ofSeconds(60);

  /// Checks the durations and copies the headers.
  public Collector {
    headers = Map.copyOf(headers);
    if (!timeout.isPositive() || !metricInterval.isPositive()) {
      throw new IllegalArgumentException("timeout and metric interval must be more than zero");
    }
  }

  /// The collector with this base address, for example `http://localhost:4318`.
  public static Collector at(URI base) {
    return new Collector(
        under(base, "v1/traces"), under(base, "v1/metrics"), Map.of(), TIMEOUT, INTERVAL);
  }

  /// The collector that the standard variables name: `OTEL_EXPORTER_OTLP_ENDPOINT` (or
  /// `…_TRACES_ENDPOINT` and `…_METRICS_ENDPOINT`), `…_HEADERS`, `…_TIMEOUT`,
  /// `OTEL_METRIC_EXPORT_INTERVAL`. Empty without an endpoint, with `OTEL_SDK_DISABLED=true`, or
  /// when the protocol is not `http/protobuf`.
  ///
  /// Failure: what cannot be read is logged and left at its default: telemetry never keeps a
  /// service from starting.
  public static Optional<Collector> fromEnvironment(Map<String, String> environment) {
    Optional<URI> base = uri(environment, PREFIX + "ENDPOINT");
    Optional<URI> traces =
        uri(environment, PREFIX + "TRACES_ENDPOINT").or(() -> base.map(b -> under(b, "v1/traces")));
    Optional<URI> metrics =
        uri(environment, PREFIX + "METRICS_ENDPOINT")
            .or(() -> base.map(b -> under(b, "v1/metrics")));
    if (traces.isEmpty() || metrics.isEmpty() || !usable(environment)) {
      return Optional.empty();
    }
    return Optional.of(
        new Collector(
            traces.get(),
            metrics.get(),
            headers(environment.getOrDefault(PREFIX + "HEADERS", "")),
            millis(environment, PREFIX + "TIMEOUT", TIMEOUT),
            millis(environment, "OTEL_METRIC_EXPORT_INTERVAL", INTERVAL)));
  }

  /// The same with these headers.
  public Collector withHeaders(Map<String, String> headers) {
    return new Collector(traces, metrics, headers, timeout, metricInterval);
  }

  /// The same with another timeout.
  public Collector withTimeout(Duration timeout) {
    return new Collector(traces, metrics, headers, timeout, metricInterval);
  }

  /// The same with another time between two posts of metrics.
  public Collector withMetricInterval(Duration metricInterval) {
    return new Collector(traces, metrics, headers, timeout, metricInterval);
  }

  /// Without the headers, which may hold a key.
  @Override
  public String toString() {
    return "Collector[" + traces + ", " + metrics + "]";
  }

  private static boolean usable(Map<String, String> environment) {
    String protocol = environment.getOrDefault(PREFIX + "PROTOCOL", "http/protobuf");
    if (!protocol.equals("http/protobuf")) {
      warn(PREFIX + "PROTOCOL", protocol, "only http/protobuf is spoken, nothing is exported");
      return false;
    }
    return !environment.getOrDefault("OTEL_SDK_DISABLED", "").equalsIgnoreCase("true");
  }

  private static URI under(URI base, String path) {
    String text = base.toString();
    return URI.create(text + (text.endsWith("/") ? "" : "/") + path);
  }

  private static Optional<URI> uri(Map<String, String> environment, String name) {
    String text = environment.getOrDefault(name, "").strip();
    try {
      URI uri = URI.create(text);
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (http && uri.getHost() != null) {
        return Optional.of(uri);
      }
    } catch (IllegalArgumentException e) {
      // Said below, with everything else that is no address.
    }
    if (!text.isEmpty()) {
      warn(name, text, "expected http://host:port, nothing is exported there");
    }
    return Optional.empty();
  }

  private static Map<String, String> headers(String text) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String header : text.split(",", -1)) {
      String[] pair = header.split("=", 2);
      if (pair.length == 2 && !pair[0].isBlank()) {
        headers.put(pair[0].strip(), decoded(pair[1].strip()));
      }
    }
    return headers;
  }

  private static String decoded(String value) {
    try {
      return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return value;
    }
  }

  private static Duration millis(
      Map<String, String> environment, String name, Duration defaultDuration) {
    String text = environment.getOrDefault(name, "").strip();
    if (text.isEmpty()) {
      return defaultDuration;
    }
    try {
      long millis = Long.parseLong(text);
      if (millis > 0) {
        return Duration.ofMillis(millis);
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    warn(name, text, "expected milliseconds, using " + defaultDuration.toMillis());
    return defaultDuration;
  }

  private static void warn(String name, String value, String what) {
    LOG.log(System.Logger.Level.WARNING, "{0}={1}: {2}", name, value, what);
  }
}
