package dev.concordat.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.calls.balance.Balancing;
import dev.concordat.calls.balance.Standing;
import dev.concordat.calls.balance.Standing.State;
import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.StaticResolver;
import dev.concordat.calls.probe.v1.CountRequest;
import dev.concordat.calls.probe.v1.LookRequest;
import dev.concordat.calls.probe.v1.LookResponse;
import dev.concordat.calls.probe.v1.ProbeClient;
import dev.concordat.calls.probe.v1.StrikeRequest;
import dev.concordat.core.Background;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.core.Fanout;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The balancer on real sockets: instances that are slow, silent, dead, unwilling, new or leaving.
class BalancingTest {
  private final List<AutoCloseable> open = new ArrayList<>();
  private final StaticResolver resolver = StaticResolver.empty();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  @Test
  void tenInstancesAreReplacedUnderLoadAndNoCallFails() {
    List<CallServer> running = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      running.add(server(new Probes()));
    }
    announce(running);
    ProbeClient client = client(resilience -> resilience);
    AtomicLong answered = new AtomicLong();
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    Background load = new Background("load");
    open.add(load);
    for (int i = 0; i < 4; i++) {
      load.start("caller", () -> keepCalling(load, client, answered, failures));
    }
    for (int round = 0; round < 10; round++) {
      running.add(server(new Probes()));
      CallServer leaving = running.removeFirst();
      if (round % 2 == 0) {
        announce(running);
        assertThat(leaving.drain(Duration.ofSeconds(10))).isTrue();
      } else {
        // It goes before anybody has said so.
        assertThat(leaving.drain(Duration.ofSeconds(10))).isTrue();
        announce(running);
      }
      long before = answered.get();
      Eventually.holds("progress", () -> answered.get() > before + 50);
    }
    load.stop(Duration.ofSeconds(10));
    assertThat(failures).isEmpty();
  }

  /// Also calls that may not be repeated.
  private static void keepCalling(
      Background load, ProbeClient client, AtomicLong answered, Queue<Throwable> failures) {
    while (!load.stopping()) {
      try {
        client.look(LookRequest.getDefaultInstance());
        client.strike(StrikeRequest.getDefaultInstance());
        answered.incrementAndGet();
      } catch (Failure failure) {
        failures.add(failure);
      }
    }
  }

  @Test
  void callOfAnInstanceThatLeavesEndsWell() {
    Probes probes = new Probes();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    probes.onLook =
        request -> {
          begun.countDown();
          await(go);
          return LookResponse.newBuilder().setText("to the end").build();
        };
    announce(List.of(server(probes)));
    ProbeClient client = client(resilience -> resilience);
    String text =
        Fanout.both(
            () -> client.look(LookRequest.getDefaultInstance()).getText(),
            () -> {
              await(begun);
              announce(List.of(server(new Probes())));
              assertThat(client.look(LookRequest.newBuilder().setName("x").build()).getText())
                  .isEqualTo("seen x");
              go.countDown();
              return true;
            },
            (answer, ok) -> answer);
    assertThat(text).isEqualTo("to the end");
  }

  @Test
  void slowInstanceGetsFewCalls() {
    Probes slow = new Probes();
    AtomicLong answered = new AtomicLong();
    slow.onLook =
        request -> {
          long until = answered.get() + 20;
          Eventually.holds("others go on", () -> answered.get() >= until || answered.get() > 970);
          return LookResponse.getDefaultInstance();
        };
    announce(List.of(server(new Probes()), server(slow), server(new Probes())));
    ProbeClient client = client(resilience -> resilience);
    Background load = new Background("load");
    open.add(load);
    for (int i = 0; i < 4; i++) {
      load.start(
          "caller",
          () -> {
            while (answered.get() < 1_000) {
              client.look(LookRequest.getDefaultInstance());
              answered.incrementAndGet();
            }
          });
    }
    Eventually.holds("a thousand answers", () -> answered.get() >= 1_000);
    assertThat(slow.looks.get()).isLessThan(100);
  }

  @Test
  void silentInstanceIsFound() {
    Probes silent = new Probes();
    CountDownLatch end = new CountDownLatch(1);
    silent.onLook =
        request -> {
          await(end);
          return LookResponse.getDefaultInstance();
        };
    announce(List.of(server(new Probes()), server(silent), server(new Probes())));
    ProbeClient client = client(resilience -> resilience);
    for (int i = 0; i < 300; i++) {
      Context hurried =
          Context.root().withDeadline(Deadline.after(Duration.ofSeconds(1), Clock.SYSTEM));
      try {
        hurried.call(() -> client.look(LookRequest.getDefaultInstance()));
      } catch (Failure failure) {
        assertThat(failure.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
      }
    }
    end.countDown();
    // A hundred if it were asked like the others.
    assertThat(silent.looks.get()).isBetween(1L, 20L);
  }

  @Test
  void failingInstanceIsLeftAlone() {
    Probes failing = new Probes();
    failing.onLook =
        request -> {
          throw Failure.of(Code.INTERNAL, "broken");
        };
    announce(List.of(server(new Probes()), server(failing), server(new Probes())));
    Calls calls = calls(resilience -> resilience);
    ProbeClient client = calls.client(ProbeClient.FACTORY);
    int failures = 0;
    for (int i = 0; i < 500; i++) {
      try {
        client.look(LookRequest.getDefaultInstance());
      } catch (Failure failure) {
        failures++;
      }
    }
    assertThat(failures).isBetween(1, 10);
  }

  @Test
  void deadInstanceFailsNoCallAndComesBack() throws IOException {
    int port = freePort();
    CallServer well = server(new Probes());
    resolver.with("probe", Endpoint.of("127.0.0.1", port), Endpoint.of("127.0.0.1", well.port()));
    Calls calls = calls(resilience -> resilience);
    ProbeClient client = calls.client(ProbeClient.FACTORY);
    Eventually.holds(
        "tried",
        () -> {
          client.strike(StrikeRequest.getDefaultInstance());
          return states(calls).contains(State.UNREACHABLE);
        });
    for (int i = 0; i < 100; i++) {
      client.strike(StrikeRequest.getDefaultInstance());
    }
    Probes back = new Probes();
    CallServer again = Pair.server(back, options -> options.withPort(port));
    open.add(again);
    Eventually.holds(
        "back",
        () -> {
          client.strike(StrikeRequest.getDefaultInstance());
          return back.strikes.get() > 0;
        });
  }

  @Test
  void unwillingInstanceIsNotAskedUntilItIsReady() throws Exception {
    HealthStatusManager health = new HealthStatusManager();
    health.setStatus("", ServingStatus.NOT_SERVING);
    // Knows no method but the health check: a call that went there would fail.
    Server unwilling =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(health.getHealthService())
            .build()
            .start();
    open.add(unwilling::shutdownNow);
    CallServer well = server(new Probes());
    resolver.with(
        "probe",
        Endpoint.of("127.0.0.1", unwilling.getPort()),
        Endpoint.of("127.0.0.1", well.port()));
    Calls calls =
        calls(resilience ->
            resilience.withBalancing(Balancing.DEFAULT.withCheckEvery(Duration.ofMillis(20))));
    ProbeClient client = calls.client(ProbeClient.FACTORY);
    Eventually.holds("noticed", () -> states(calls).contains(State.NOT_SERVING));
    for (int i = 0; i < 100; i++) {
      client.look(LookRequest.getDefaultInstance());
    }
    health.setStatus("", ServingStatus.SERVING);
    Eventually.holds("noticed", () -> !states(calls).contains(State.NOT_SERVING));
  }

  @Test
  void newInstanceIsNotAskedBeforeItIsConnectedTo() throws IOException {
    CallServer well = server(new Probes());
    announce(List.of(well));
    Calls calls = calls(resilience -> resilience);
    ProbeClient client = calls.client(ProbeClient.FACTORY);
    client.look(LookRequest.getDefaultInstance());
    // Accepts connections and says nothing.
    try (ServerSocket silent = new ServerSocket(0)) {
      resolver.with(
          "probe",
          Endpoint.of("127.0.0.1", silent.getLocalPort()),
          Endpoint.of("127.0.0.1", well.port()));
      Eventually.holds(
          "given up",
          () -> {
            client.look(LookRequest.getDefaultInstance());
            return states(calls).contains(State.UNREACHABLE);
          });
    }
  }

  @Test
  void moreThanTheBulkheadHoldsIsRefusedAtOnce() {
    Probes probes = new Probes();
    CountDownLatch begun = new CountDownLatch(2);
    CountDownLatch go = new CountDownLatch(1);
    probes.onLook =
        request -> {
          begun.countDown();
          await(go);
          return LookResponse.getDefaultInstance();
        };
    announce(List.of(server(probes)));
    ProbeClient client = client(resilience -> resilience.withBulkhead(2));
    Background callers = new Background("callers");
    open.add(callers);
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < 2; i++) {
      callers.start(
          "caller",
          () -> {
            try {
              client.look(LookRequest.getDefaultInstance());
            } catch (Failure failure) {
              failures.add(failure);
            }
          });
    }
    await(begun);
    assertThatThrownBy(() -> client.look(LookRequest.getDefaultInstance()))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> assertThat(failure.details().reason()).isEqualTo("BULKHEAD_FULL"));
    // Streams have places of their own.
    try (var count = client.count(CountRequest.newBuilder().setUntil(1).build())) {
      assertThat(count.next()).isPresent();
    }
    go.countDown();
    assertThat(callers.stop(Duration.ofSeconds(10))).isTrue();
    client.look(LookRequest.getDefaultInstance());
    assertThat(failures).isEmpty();
  }

  private static List<State> states(Calls calls) {
    return calls.targets().getOrDefault("probe", List.of()).stream().map(Standing::state).toList();
  }

  private void announce(List<CallServer> servers) {
    resolver.with(
        "probe",
        servers.stream()
            .map(server -> Endpoint.of("127.0.0.1", server.port()))
            .toArray(Endpoint[]::new));
  }

  private CallServer server(Probes probes) {
    CallServer server = Pair.server(probes, options -> options);
    open.add(server);
    return server;
  }

  private ProbeClient client(UnaryOperator<Resilience> change) {
    return calls(change).client(ProbeClient.FACTORY);
  }

  private Calls calls(UnaryOperator<Resilience> change) {
    Calls calls =
        Calls.open(
            CallsOptions.of("tester", resolver).withResilience(change.apply(Resilience.DEFAULT)));
    open.add(calls);
    return calls;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
