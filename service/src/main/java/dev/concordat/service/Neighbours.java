package dev.concordat.service;

import java.util.Map;

/// How the other parts of a system are found.
///
/// @param discovery how services are, as a line that [dev.concordat.calls.discovery.Discovery]
///   understands; default `postgres`, the registry in the shared database
/// @param addresses where the system's foreign parts are: name to `host:port`
public record Neighbours(String discovery, Map<String, String> addresses) {
  /// Through the registry, and no foreign parts.
  public static final Neighbours DEFAULT = new Neighbours("postgres", Map.of());

  /// Copies the addresses.
  public Neighbours {
    addresses = Map.copyOf(addresses);
  }

  /// The same with these foreign parts.
  public Neighbours withAddresses(Map<String, String> addresses) {
    return new Neighbours(discovery, addresses);
  }

  /// The same found in another way.
  public Neighbours withDiscovery(String discovery) {
    return new Neighbours(discovery, addresses);
  }
}
