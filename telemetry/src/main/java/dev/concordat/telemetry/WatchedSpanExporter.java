package dev.concordat.telemetry;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;

record WatchedSpanExporter(SpanExporter exporter, Reachability reachability)
    implements SpanExporter {
  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    return reachability.watch(exporter.export(spans));
  }

  @Override
  public CompletableResultCode flush() {
    return exporter.flush();
  }

  @Override
  public CompletableResultCode shutdown() {
    return exporter.shutdown();
  }
}
