package dev.concordat.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.Registry;
import dev.concordat.calls.discovery.Resolver;
import dev.concordat.calls.probe.v1.LookRequest;
import dev.concordat.calls.probe.v1.ProbeClient;
import dev.concordat.calls.probe.v1.StrikeRequest;
import dev.concordat.core.Background;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RegistryTest {
  private final DataSource database = Postgres.fresh();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  @Test
  void registeredInstanceIsSeenWithItsAttributesAndGoneAfterItsEnd() {
    Registry here = registry();
    Registry there = registry();
    Seen seen = new Seen();
    there.watch("probe", seen);
    Endpoint endpoint = new Endpoint("127.0.0.1", 4711, Map.of("zone", "a=b"));

    var registration = here.register("probe", endpoint);
    Eventually.holds("seen", () -> seen.last().equals(List.of(endpoint)));
    registration.close();
    Eventually.holds("gone", () -> seen.last().isEmpty());
  }

  @Test
  void leaseIsRenewed() {
    Registry registry = Registry.open(database, Duration.ofMillis(600), Duration.ofMillis(50));
    open.add(registry);
    registry.register("probe", Endpoint.of("127.0.0.1", 4711));
    long first = leaseUntil();
    Eventually.holds("renewed", () -> leaseUntil() > first);
  }

  @Test
  void deadInstanceIsGoneWhenItsLeaseEnds() {
    Registry registry = registry();
    lease("probe");
    Seen seen = new Seen();
    registry.watch("probe", seen);
    Eventually.holds("seen", () -> seen.last().size() == 1);
    endLeases();
    Eventually.holds("gone", () -> seen.last().isEmpty());
  }

  @Test
  void restartedInstanceOnTheSamePortIsNotTakenAwayByItsPredecessor() {
    Registry registry = registry();
    var before = registry.register("probe", Endpoint.of("127.0.0.1", 4711));
    registry.register("probe", Endpoint.of("127.0.0.1", 4711));
    before.close();
    assertThat(Postgres.number(database, "select count(*) from concordat.registry")).isEqualTo(1);
  }

  @Test
  void unreachableDatabaseLeavesStandingWhatWasLastKnown() {
    Switched switched = new Switched(database);
    Registry registry = Registry.open(switched.source(), Registry.LEASE, Duration.ofMillis(20));
    open.add(registry);
    Seen seen = new Seen();
    registry.watch("probe", seen);
    registry.register("probe", Endpoint.of("127.0.0.1", 4711));
    Eventually.holds("seen", () -> seen.last().size() == 1);

    switched.off();
    int told = seen.told.size();
    Eventually.holds("looked in vain", () -> switched.refused() > 3);
    assertThat(seen.told).hasSize(told);

    switched.on();
    registry.register("probe", Endpoint.of("127.0.0.1", 4712));
    Eventually.holds("seen again", () -> seen.last().size() == 2);
  }

  @Test
  void leaseThatEndedWhileTheDatabaseWasAwayIsForgottenOnlyAfterItCouldBeRenewed() {
    Switched switched = new Switched(database);
    Duration lease = Duration.ofSeconds(1);
    Registry registry = Registry.open(switched.source(), lease, Duration.ofMillis(20));
    open.add(registry);
    lease("probe");
    Seen seen = new Seen();
    registry.watch("probe", seen);
    Eventually.holds("seen", () -> seen.last().size() == 1);
    switched.off();
    lookedInVain(switched);
    endLeases();
    lookedInVain(switched);
    long back = System.nanoTime();
    switched.on();
    Eventually.holds("gone in the end", () -> seen.last().isEmpty());
    assertThat(System.nanoTime() - back).isGreaterThan(lease.toNanos() / 2);
  }

  @Test
  void callToANameThatNobodyHasSaysSoAndWhenToComeBack() {
    Calls calls = calls(registry());
    assertThatThrownBy(
            () -> calls.client(ProbeClient.FACTORY).look(LookRequest.getDefaultInstance()))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
              assertThat(failure.message()).contains("probe");
              assertThat(failure.details().retryAfter()).isPresent();
              assertThat(failure.details().settled()).isTrue();
            });
  }

  @Test
  void callWaitsForAnInstanceThatIsJustStarting() {
    Registry registry = registry();
    ProbeClient client = calls(registry).client(ProbeClient.FACTORY);
    CallServer server = server(new Probes());
    String text =
        dev.concordat.core.Fanout.both(
            () -> client.look(LookRequest.newBuilder().setName("x").build()).getText(),
            () -> {
              server.announce(registry, "127.0.0.1");
              return true;
            },
            (answer, announced) -> answer);
    assertThat(text).isEqualTo("seen x");
  }

  @Test
  void instancesComeAndGoUnderLoadAndNoCallFails() {
    Registry registry = registry();
    ProbeClient client = calls(registry).client(ProbeClient.FACTORY);
    AtomicLong answered = new AtomicLong();
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<CallServer> running = new ArrayList<>();
    running.add(announced(registry));
    running.add(announced(registry));
    Background load = new Background("load");
    open.add(load);
    for (int i = 0; i < 8; i++) {
      load.start("caller", () -> keepCalling(load, client, answered, failures));
    }
    for (int round = 0; round < 6; round++) {
      running.add(announced(registry));
      long before = answered.get();
      Eventually.holds("progress", () -> answered.get() > before + 200);
      assertThat(running.removeFirst().drain(Duration.ofSeconds(5))).isTrue();
    }
    load.stop(Duration.ofSeconds(5));
    assertThat(failures).isEmpty();
    assertThat(answered.get()).isGreaterThan(1_000);
  }

  /// Also calls that may not be repeated: they survive only because a drained server refuses
  /// nothing that it has begun, and what never reached it is sent elsewhere.
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

  private CallServer announced(Registry registry) {
    CallServer server = server(new Probes());
    server.announce(registry, "127.0.0.1");
    return server;
  }

  private CallServer server(Probes probes) {
    CallServer server = Pair.server(probes, options -> options);
    open.add(server);
    return server;
  }

  private Calls calls(Resolver resolver) {
    Calls calls = Calls.open("tester", resolver);
    open.add(calls);
    return calls;
  }

  private Registry registry() {
    Registry registry = Registry.open(database);
    open.add(registry);
    return registry;
  }

  /// Refused twice: one of them may have been a renewal.
  private static void lookedInVain(Switched switched) {
    int refused = switched.refused();
    Eventually.holds("looked in vain", () -> switched.refused() > refused + 1);
  }

  /// An instance that nobody keeps known, for the time being.
  private void lease(String service) {
    Postgres.execute(
        database,
        """
        insert into concordat.registry
        values ('%s', '127.0.0.1', 4711, '{}', gen_random_uuid(),
                clock_timestamp() + interval '1 hour')
        """
            .formatted(service));
  }

  private void endLeases() {
    Postgres.execute(database, "update concordat.registry set lease_until = clock_timestamp()");
  }

  private long leaseUntil() {
    return Postgres.number(
        database,
        "select (extract(epoch from max(lease_until)) * 1000)::bigint from concordat.registry");
  }

  private static final class Seen implements java.util.function.Consumer<List<Endpoint>> {
    private final List<List<Endpoint>> told = new java.util.concurrent.CopyOnWriteArrayList<>();

    @Override
    public void accept(List<Endpoint> endpoints) {
      told.add(endpoints);
    }

    List<Endpoint> last() {
      return told.isEmpty() ? List.of() : told.getLast();
    }
  }
}
