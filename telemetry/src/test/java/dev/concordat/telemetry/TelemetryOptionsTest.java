package dev.concordat.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TelemetryOptionsTest {
  @Test
  void withoutAnEndpointNothingIsSent() {
    assertThat(Collector.fromEnvironment(Map.of())).isEmpty();
    assertThat(Collector.fromEnvironment(Map.of("OTEL_EXPORTER_OTLP_TIMEOUT", "1"))).isEmpty();
  }

  @Test
  void theStandardVariablesAreRead() {
    Map<String, String> environment =
        Map.of(
            "OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/",
            "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "https://metrics.example/in",
            "OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%20b, x=1=2",
            "OTEL_EXPORTER_OTLP_TIMEOUT", "1500",
            "OTEL_METRIC_EXPORT_INTERVAL", "2000",
            "OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test,service.name=other",
            "OTEL_TRACES_SAMPLER_ARG", "0.25");

    TelemetryOptions options = TelemetryOptions.fromEnvironment("orders", environment);

    assertThat(options.service()).isEqualTo("orders");
    assertThat(options.sampling()).isEqualTo(0.25);
    assertThat(options.resource())
        .containsEntry("deployment.environment.name", "test")
        .containsKey("service.instance.id")
        .doesNotContainKey("service.name");
    assertThat(options.collector())
        .contains(
            new Collector(
                URI.create("http://collector:4318/v1/traces"),
                URI.create("https://metrics.example/in"),
                Map.of("api-key", "a b", "x", "1=2"),
                Duration.ofMillis(1_500),
                Duration.ofSeconds(2)));
  }

  @Test
  void whatCannotBeReadKeepsNoServiceFromStarting() {
    String endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    assertThat(Collector.fromEnvironment(Map.of(endpoint, "collector:4318"))).isEmpty();
    assertThat(Collector.fromEnvironment(Map.of(endpoint, "http://a b"))).isEmpty();
    assertThat(
            Collector.fromEnvironment(
                Map.of(endpoint, "http://c:4317", "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")))
        .isEmpty();
    assertThat(
            Collector.fromEnvironment(
                Map.of(endpoint, "http://c:4318", "OTEL_SDK_DISABLED", "true")))
        .isEmpty();
    assertThat(
            Collector.fromEnvironment(
                Map.of(endpoint, "http://c:4318", "OTEL_EXPORTER_OTLP_TIMEOUT", "soon")))
        .map(Collector::timeout)
        .contains(Duration.ofSeconds(5));
  }

  @Test
  void aCollectorsTextHasNoHeaders() {
    assertThat(Collector.at(URI.create("http://c")).withHeaders(Map.of("key", "secret")))
        .asString()
        .doesNotContain("secret");
  }

  @Test
  void limitsAreChecked() {
    TelemetryOptions options = TelemetryOptions.of("orders");

    assertThatThrownBy(() -> options.withSampling(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> options.withSpanQueue(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TelemetryOptions.of(" ")).isInstanceOf(IllegalArgumentException.class);
  }
}
