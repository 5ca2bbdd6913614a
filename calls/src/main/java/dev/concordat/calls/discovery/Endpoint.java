package dev.concordat.calls.discovery;

import java.util.Map;

/// Where one instance of a service listens.
///
/// @param host name or address
/// @param port TCP port, 1 to 65535
/// @param attributes what else is known of the instance, for example its zone
public record Endpoint(String host, int port, Map<String, String> attributes) {
  /// Checks the port and copies the attributes.
  public Endpoint {
    if (host.isBlank() || port < 1 || port > 65_535) {
      throw new IllegalArgumentException(
          "an endpoint is host:port with a port of 1 to 65535, got " + host + ":" + port);
    }
    attributes = Map.copyOf(attributes);
  }

  /// An endpoint of which only the address is known.
  public static Endpoint of(String host, int port) {
    return new Endpoint(host, port, Map.of());
  }

  /// `host:port`.
  public String address() {
    return host + ":" + port;
  }
}
