package dev.concordat.telemetry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;

/// A collector that takes OTLP over HTTP on a real socket and keeps what arrives.
final class CollectorStub implements AutoCloseable {
  final List<ResourceSpans> resourceSpans = new CopyOnWriteArrayList<>();
  final List<Metric> metrics = new CopyOnWriteArrayList<>();
  final List<String> requests = new CopyOnWriteArrayList<>();
  final AtomicInteger status = new AtomicInteger(200);
  private final HttpServer server;

  CollectorStub() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  URI address() {
    return URI.create("http://localhost:" + server.getAddress().getPort());
  }

  List<Span> spans() {
    return resourceSpans.stream()
        .flatMap(resource -> resource.getScopeSpansList().stream())
        .flatMap(scope -> scope.getSpansList().stream())
        .toList();
  }

  Span span(String name) {
    return find(name).orElseThrow();
  }

  Optional<Span> find(String name) {
    return spans().stream().filter(span -> span.getName().equals(name)).findFirst();
  }

  Metric metric(String name) {
    return metrics.reversed().stream()
        .filter(metric -> metric.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    // Not closed by itself: that would take the connection, which the client goes on using.
    requests.add(
        exchange.getRequestURI().getPath()
            + " "
            + exchange.getRequestHeaders().getFirst("Content-Type")
            + " "
            + exchange.getRequestHeaders().getFirst("X-Key"));
    boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
    InputStream body = exchange.getRequestBody();
    byte[] bytes = (zipped ? new GZIPInputStream(body) : body).readAllBytes();
    if (status.get() == 200) {
      if (exchange.getRequestURI().getPath().equals("/v1/traces")) {
        resourceSpans.addAll(ExportTraceServiceRequest.parseFrom(bytes).getResourceSpansList());
      } else {
        ExportMetricsServiceRequest.parseFrom(bytes).getResourceMetricsList().stream()
            .flatMap(resource -> resource.getScopeMetricsList().stream())
            .forEach(scope -> metrics.addAll(scope.getMetricsList()));
      }
    }
    exchange.sendResponseHeaders(status.get(), -1);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
