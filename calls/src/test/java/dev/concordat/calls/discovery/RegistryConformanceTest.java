package dev.concordat.calls.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.calls.Postgres;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class RegistryConformanceTest extends ResolverConformance<Origin> {
  private static final Duration POLL = Duration.ofMillis(20);

  @Override
  Origin origin() {
    DataSource database = Postgres.fresh();
    Registry registry = Registry.open(database, Registry.LEASE, POLL);
    Registered registered = new Registered(registry);
    return new Origin() {
      @Override
      public Resolver open(LookOptions looking) {
        return Registry.open(database, Registry.LEASE, POLL);
      }

      @Override
      public void become(String service, List<String> hosts) {
        registered.become(service, hosts);
      }

      @Override
      public void close() {
        registry.close();
      }
    };
  }

  @Test
  void aWatcherThatFailsIsNotTakenForADatabaseThatIsAway() {
    try (Warnings warnings = new Warnings(Registry.class)) {
      origin.become("orders", List.of("10.0.0.1"));
      Seen seen = new Seen();
      open(QUICK)
          .watch(
              "orders",
              endpoints -> {
                seen.accept(endpoints);
                throw new AssertionError("of its own making");
              });
      seen.awaitHosts("10.0.0.1");
      origin.become("orders", List.of("10.0.0.1", "10.0.0.2"));
      seen.awaitHosts("10.0.0.1", "10.0.0.2");
      assertThat(warnings.count()).isZero();
    }
  }
}
