package dev.concordat.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ObserverTest {
  @Test
  void anUnwatchedServiceKeepsTheTraceGoing() {
    TraceContext incoming = new TraceContext("a".repeat(32), "b".repeat(16), false, "v=1");

    TraceContext inside = begin(Context.root().withTrace(incoming)).trace().orElseThrow();

    assertThat(inside.traceId()).isEqualTo(incoming.traceId());
    assertThat(inside.spanId()).isNotEqualTo(incoming.spanId());
    assertThat(inside.sampled()).isFalse();
    assertThat(inside.state()).isEqualTo("v=1");
  }

  @Test
  void anUnwatchedServiceBeginsATrace() {
    assertThat(begin(Context.root()).trace()).isPresent();
  }

  @Test
  void whatIsSaidInsideDoesNotGoToTheObservationOutside() {
    Recording outside = new Recording();

    Context inside = begin(Context.root().withObservation(outside));

    inside.observation().event("e", Map.of());
    assertThat(outside.events).isEmpty();
  }

  private static Context begin(Context context) {
    return Observer.NONE
        .begin(new Observer.Activity(Observer.Kind.SERVER, "a.B/C", context, Map.of()))
        .context();
  }
}
