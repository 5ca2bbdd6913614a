package dev.concordat.calls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.StaticResolver;
import dev.concordat.calls.probe.v1.ProbeClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What happens before the first call.
class MeetingTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final StaticResolver resolver = StaticResolver.empty();
  private final Calls calls = Calls.open("tester", resolver);

  @AfterEach
  void close() {
    calls.close();
  }

  @Test
  void theFirstInstanceIsConnectedToThoughNobodyCallsIt() throws IOException {
    try (ServerSocket instance = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      instance.setSoTimeout((int) LONG.toMillis());
      resolver.with("probe", Endpoint.of("127.0.0.1", instance.getLocalPort()));
      ProbeClient _ = calls.client(ProbeClient.FACTORY);
      instance.accept().close();
    }
  }

  @Test
  void aServiceIsMetOnceAnInstanceTakesCalls() {
    ProbeClient _ = calls.client(ProbeClient.FACTORY);
    assertThat(calls.meet(Duration.ZERO)).containsExactly("probe");
    try (CallServer server = Pair.server(new Probes(), options -> options)) {
      resolver.with("probe", Endpoint.of("127.0.0.1", server.port()));
      assertThat(calls.meet(LONG)).isEmpty();
    }
  }

  @Test
  void anInstanceThatIsNotThereIsNotMet() throws IOException {
    int port;
    try (ServerSocket gone = new ServerSocket(0)) {
      port = gone.getLocalPort();
    }
    resolver.with("probe", Endpoint.of("127.0.0.1", port));
    ProbeClient _ = calls.client(ProbeClient.FACTORY);
    assertThat(calls.meet(Duration.ofMillis(100))).containsExactly("probe");
  }

  @Test
  void whoeverAsksNobodyHasMetEverybody() {
    assertThat(calls.meet(Duration.ZERO)).isEmpty();
  }
}
