package dev.concordat.calls.discovery;

import java.util.List;

class StaticResolverTest extends ResolverConformance<Origin> {
  @Override
  Origin origin() {
    StaticResolver resolver = StaticResolver.empty();
    return new Origin() {
      @Override
      public Resolver open(LookOptions looking) {
        return resolver;
      }

      @Override
      public void become(String service, List<String> hosts) {
        resolver.with(
            service, hosts.stream().map(host -> Endpoint.of(host, PORT)).toArray(Endpoint[]::new));
      }

      @Override
      public void close() {
        // Nothing is open.
      }
    };
  }
}
