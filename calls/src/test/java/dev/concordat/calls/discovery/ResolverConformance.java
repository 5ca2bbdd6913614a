package dev.concordat.calls.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Backoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every resolver does, wherever it looks.
abstract class ResolverConformance<O extends Origin> {
  /// Impatient enough for a test, and patient enough for a busy machine.
  static final LookOptions QUICK =
      LookOptions.DEFAULT
          .withRest(Duration.ofMillis(5))
          .withTimeout(Duration.ofSeconds(5))
          .withAfterFailure(new Backoff(Duration.ofMillis(5), Duration.ofMillis(20)));

  O origin;
  private final List<AutoCloseable> open = new ArrayList<>();

  abstract O origin() throws Exception;

  @BeforeEach
  void begin() throws Exception {
    origin = origin();
  }

  @AfterEach
  void end() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
    origin.close();
  }

  @Test
  void instancesAreTold() {
    origin.become("orders", List.of("10.0.0.1", "10.0.0.2"));
    Seen seen = watch("orders");
    seen.awaitHosts("10.0.0.1", "10.0.0.2");
    assertThat(seen.last()).allMatch(endpoint -> endpoint.port() == Origin.PORT);
    assertThat(seen.times()).isEqualTo(1);
  }

  @Test
  void nobodyIsToldAsNobody() {
    Seen seen = watch("orders");
    seen.awaitHosts();
    origin.become("orders", List.of("10.0.0.1"));
    seen.awaitHosts("10.0.0.1");
  }

  @Test
  void whoJoinsAndWhoLeavesIsTold() {
    origin.become("orders", List.of("10.0.0.1"));
    Seen seen = watch("orders");
    seen.awaitHosts("10.0.0.1");
    origin.become("orders", List.of("10.0.0.1", "10.0.0.2"));
    seen.awaitHosts("10.0.0.1", "10.0.0.2");
    origin.become("orders", List.of("10.0.0.2"));
    seen.awaitHosts("10.0.0.2");
    origin.become("orders", List.of("10.0.0.2", "10.0.0.1"));
    seen.awaitHosts("10.0.0.1", "10.0.0.2");
  }

  @Test
  void thatAllAreGoneIsTold() {
    origin.become("orders", List.of("10.0.0.1"));
    Seen seen = watch("orders");
    seen.awaitHosts("10.0.0.1");
    origin.become("orders", List.of());
    seen.awaitHosts();
    origin.become("orders", List.of("10.0.0.3"));
    seen.awaitHosts("10.0.0.3");
  }

  @Test
  void everyWatchHearsOfItsOwnNameOnly() {
    origin.become("orders", List.of("10.0.0.1"));
    origin.become("stock", List.of("10.0.0.9"));
    Resolver resolver = open(QUICK);
    Seen orders = new Seen();
    Seen stock = new Seen();
    resolver.watch("orders", orders);
    resolver.watch("stock", stock);
    orders.awaitHosts("10.0.0.1");
    stock.awaitHosts("10.0.0.9");
    origin.become("stock", List.of("10.0.0.8"));
    stock.awaitHosts("10.0.0.8");
    assertThat(orders.times()).isEqualTo(1);
  }

  @Test
  void closedWatchHearsNothingMore() {
    origin.become("orders", List.of("10.0.0.1"));
    Resolver resolver = open(QUICK);
    Seen closed = new Seen();
    Seen other = new Seen();
    Resolver.Watch watch = resolver.watch("orders", closed);
    resolver.watch("orders", other);
    closed.awaitHosts("10.0.0.1");
    other.awaitHosts("10.0.0.1");
    watch.close();
    origin.become("orders", List.of("10.0.0.2"));
    other.awaitHosts("10.0.0.2");
    assertThat(closed.times()).isEqualTo(1);
  }

  @Test
  void whoFailsWhenToldHoldsNobodyUp() {
    origin.become("orders", List.of("10.0.0.1"));
    Resolver resolver = open(QUICK);
    Seen failing = new Seen();
    Seen other = new Seen();
    resolver.watch(
        "orders",
        endpoints -> {
          failing.accept(endpoints);
          if (failing.times() > 1) {
            throw new AssertionError("of its own making");
          }
        });
    resolver.watch("orders", other);
    failing.awaitHosts("10.0.0.1");
    other.awaitHosts("10.0.0.1");
    origin.become("orders", List.of("10.0.0.1", "10.0.0.2"));
    failing.awaitHosts("10.0.0.1", "10.0.0.2");
    other.awaitHosts("10.0.0.1", "10.0.0.2");
    origin.become("orders", List.of("10.0.0.1"));
    failing.awaitHosts("10.0.0.1");
    other.awaitHosts("10.0.0.1");
  }

  Resolver open(LookOptions looking) {
    Resolver resolver = origin.open(looking);
    if (resolver instanceof AutoCloseable closeable) {
      open.add(closeable);
    }
    return resolver;
  }

  Seen watch(String service) {
    Seen seen = new Seen();
    open(QUICK).watch(service, seen);
    return seen;
  }

  void closing(AutoCloseable one) {
    open.add(one);
  }
}
