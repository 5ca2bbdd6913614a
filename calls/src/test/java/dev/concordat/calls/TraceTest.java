package dev.concordat.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.calls.probe.v1.LookRequest;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import dev.concordat.core.Observation;
import dev.concordat.core.Observer;
import dev.concordat.core.TraceContext;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

class TraceTest {
  private final Recorder recorder = new Recorder();
  private final Probes probes = new Probes();

  @Test
  void everyAttemptAndEveryHopIsInOneTrace() {
    probes.onLook =
        request -> {
          if (probes.looks.get() == 1) {
            throw Failure.of(Code.UNAVAILABLE, "not yet");
          }
          return dev.concordat.calls.probe.v1.LookResponse.newBuilder()
              .setText(Context.current().trace().orElseThrow().traceId())
              .build();
        };
    try (Pair pair = watched()) {
      TraceContext trace =
          TraceContext.parse("00-" + "ab".repeat(16) + "-" + "cd".repeat(8) + "-01", "")
              .orElseThrow();
      String seen =
          Context.current()
              .withTrace(trace)
              .call(() -> pair.client.look(LookRequest.getDefaultInstance()).getText());

      assertThat(seen).isEqualTo(trace.traceId());
      Eventually.holds("both ends", () -> recorder.spans.size() == 4);
      assertThat(recorder.spans).allSatisfy(s -> assertThat(s.trace()).isEqualTo(trace.traceId()));
      List<Span> clients = recorder.of(Observer.Kind.CLIENT);
      List<Span> servers = recorder.of(Observer.Kind.SERVER);
      assertThat(clients)
          .hasSize(2)
          .allSatisfy(s -> assertThat(s.parent()).isEqualTo(trace.spanId()));
      assertThat(servers).extracting(Span::parent).containsExactlyElementsOf(ids(clients));
      assertThat(clients).extracting(Span::code).containsExactly("UNAVAILABLE", "OK");
    }
  }

  @Test
  void refusalIsSeenToo() {
    try (Pair pair = watched()) {
      assertThatThrownBy(() -> pair.client.whisper(LookRequest.getDefaultInstance()))
          .isInstanceOf(Failure.class);
      Eventually.holds("seen", () -> !recorder.of(Observer.Kind.SERVER).isEmpty());
      assertThat(recorder.of(Observer.Kind.SERVER))
          .extracting(Span::code)
          .containsExactly("PERMISSION_DENIED");
    }
  }

  private Pair watched() {
    return Pair.of(probes, o -> o.withObserver(recorder), o -> o.withObserver(recorder));
  }

  private static List<String> ids(List<Span> spans) {
    return spans.stream().map(Span::id).toList();
  }

  private record Span(Observer.Kind kind, String trace, String parent, String id, String code) {}

  private static final class Recorder implements Observer {
    private final List<Span> spans = new CopyOnWriteArrayList<>();

    List<Span> of(Kind kind) {
      return spans.stream().filter(span -> span.kind() == kind).toList();
    }

    @Override
    public Observation begin(Activity activity) {
      Observation inner = Observer.NONE.begin(activity);
      String parent = activity.context().trace().map(TraceContext::spanId).orElse("");
      TraceContext own = inner.context().trace().orElseThrow();
      return new Observation() {
        private String code = "";

        @Override
        public Context context() {
          return inner.context();
        }

        @Override
        public void set(String attribute, String value) {
          if (attribute.equals("rpc.response.status_code")) {
            code = value;
          }
        }

        @Override
        public void event(String name, Map<String, String> attributes) {}

        @Override
        public void failed(Throwable failure) {}

        @Override
        public void close() {
          spans.add(new Span(activity.kind(), own.traceId(), parent, own.spanId(), code));
        }
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
