package dev.concordat.calls.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.calls.museum.v1.GetPieceRequest;
import dev.concordat.core.Context;
import dev.concordat.core.Observation;
import dev.concordat.core.Observer;
import dev.concordat.core.TraceContext;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RestTraceTest {
  private final Company company = new Company();
  private final Seen seen = new Seen();

  @AfterEach
  void close() {
    company.close();
  }

  @Test
  void everyAttemptIsASpanThatSaysWhatHttpSaid() {
    company.script =
        (asked, wire) -> {
          if (company.asked.size() == 1) {
            wire.json(503, "", "Retry-After: 0");
          } else {
            wire.json(200, "{\"title\":\"Sea\"}");
          }
        };
    var client =
        company.client(
            RestOptions.plaintext().withBasePath("/api"), options -> options.withObserver(seen));
    client.getPiece(GetPieceRequest.newBuilder().setPieceId("secret-7").build());

    assertThat(seen.spans).hasSize(2);
    Map<String, String> last = seen.spans.getLast();
    assertThat(last)
        .containsEntry("rpc.system", "rest")
        .containsEntry("rpc.service", "museum.v1.Museum")
        .containsEntry("peer.service", "museum")
        .containsEntry("server.address", "localhost")
        .containsEntry("server.port", Integer.toString(company.port()))
        .containsEntry("http.request.method", "GET")
        .containsEntry("url.template", "/api/v1/pieces/{piece_id}")
        .containsEntry("http.response.status_code", "200")
        .containsEntry("network.protocol.version", "1.1");
    assertThat(seen.spans.getFirst()).containsEntry("http.response.status_code", "503");
    assertThat(seen.spans.toString()).doesNotContain("secret-7");
    assertThat(company.asked)
        .extracting(asked -> asked.header("traceparent"))
        .containsExactlyElementsOf(seen.parents);
  }

  /// Remembers the attributes of each span, and what it says it is.
  private static final class Seen implements Observer {
    private final List<Map<String, String>> spans = new CopyOnWriteArrayList<>();
    private final List<String> parents = new CopyOnWriteArrayList<>();

    @Override
    public Observation begin(Activity activity) {
      Map<String, String> attributes = new ConcurrentHashMap<>(activity.attributes());
      TraceContext trace = TraceContext.begin(RandomGenerator.getDefault());
      spans.add(attributes);
      parents.add(trace.traceparent());
      return new Observation() {
        @Override
        public Context context() {
          return activity.context().withTrace(trace);
        }

        @Override
        public void set(String attribute, String value) {
          attributes.put(attribute, value);
        }

        @Override
        public void event(String name, Map<String, String> more) {}

        @Override
        public void failed(Throwable failure) {}

        @Override
        public void close() {}
      };
    }

    @Override
    public void count(String metric, long by, Map<String, String> attributes) {}

    @Override
    public void record(String metric, double value, Map<String, String> attributes) {}

    @Override
    public Runnable gauge(String metric, Map<String, String> attributes, DoubleSupplier value) {
      return () -> {};
    }
  }
}
