package dev.concordat.calls.discovery;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The instances that a test has registered.
final class Registered {
  private final Registrar registrar;
  private final Map<Key, Registrar.Registration> known = new HashMap<>();

  Registered(Registrar registrar) {
    this.registrar = registrar;
  }

  /// Registers who joins and closes who leaves.
  void become(String service, List<String> hosts) {
    for (String host : hosts) {
      known.computeIfAbsent(
          new Key(service, host),
          key -> registrar.register(service, Endpoint.of(host, Origin.PORT)));
    }
    known
        .entrySet()
        .removeIf(entry -> {
          boolean gone =
              entry.getKey().service().equals(service) && !hosts.contains(entry.getKey().host());
          if (gone) {
            entry.getValue().close();
          }
          return gone;
        });
  }

  private record Key(String service, String host) {}
}
