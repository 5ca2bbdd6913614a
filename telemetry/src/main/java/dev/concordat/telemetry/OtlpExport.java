package dev.concordat.telemetry;

import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/// The way to the collector: batches from bounded queues, over the JDK's HTTP client.
final class OtlpExport {
  /// The exporters repeat an unreachable collector for ever; [Reachability] says it once. Held
  /// here, since the JDK forgets the level of a logger that nobody holds.
  private static final List<Logger> EXPORTERS =
      Stream.of(
              "io.opentelemetry.exporter",
              "io.opentelemetry.sdk.trace.export",
              "io.opentelemetry.sdk.metrics.export")
          .map(Logger::getLogger)
          .toList();

  private static final int BATCH = 512;

  private final Collector collector;

  OtlpExport(Collector collector) {
    EXPORTERS.forEach(logger -> logger.setLevel(Level.OFF));
    this.collector = collector;
  }

  SpanProcessor spans(int queue) {
    OtlpHttpSpanExporter exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(collector.traces().toString())
            .setHeaders(collector::headers)
            .setTimeout(collector.timeout())
            .setConnectTimeout(collector.timeout())
            .build();
    SpanExporter watched =
        new WatchedSpanExporter(exporter, new Reachability("spans", collector.traces()));
    return BatchSpanProcessor.builder(watched)
        .setMaxQueueSize(queue)
        .setMaxExportBatchSize(Math.min(queue, BATCH))
        .setExporterTimeout(collector.timeout())
        .build();
  }

  MetricReader metrics() {
    OtlpHttpMetricExporter exporter =
        OtlpHttpMetricExporter.builder()
            .setEndpoint(collector.metrics().toString())
            .setHeaders(collector::headers)
            .setTimeout(collector.timeout())
            .setConnectTimeout(collector.timeout())
            .build();
    MetricExporter watched =
        new WatchedMetricExporter(exporter, new Reachability("metrics", collector.metrics()));
    return PeriodicMetricReader.builder(watched).setInterval(collector.metricInterval()).build();
  }
}
