package dev.concordat.calls.discovery;

import dev.concordat.calls.Postgres;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;

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
}
