package dev.concordat.service;

import dev.concordat.calls.Resilience;
import dev.concordat.calls.discovery.Endpoint;
import java.util.Map;
import java.util.Optional;

/// Where this process runs, as its machine says: `CONCORDAT_ZONE`. Calls prefer instances of the
/// same zone, and others learn of it by the registry. Without it, all zones are alike.
final class Zone {
  private Zone() {}

  static Resilience resilience() {
    return name()
        .map(
            zone -> Resilience.DEFAULT.withBalancing(Resilience.DEFAULT.balancing().withZone(zone)))
        .orElse(Resilience.DEFAULT);
  }

  static Map<String, String> attributes() {
    return name().map(zone -> Map.of(Endpoint.ZONE, zone)).orElse(Map.of());
  }

  private static Optional<String> name() {
    return Optional.ofNullable(System.getenv("CONCORDAT_ZONE")).filter(zone -> !zone.isBlank());
  }
}
