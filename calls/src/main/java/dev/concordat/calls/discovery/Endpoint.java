package dev.concordat.calls.discovery;

import java.util.Map;

/// Where one instance of a service listens.
///
/// @param host name or address
/// @param port TCP port, 1 to 65535
/// @param attributes what else is known of the instance: [#ZONE], [#WEIGHT], [#PRIORITY], and
///   whatever a source says besides
public record Endpoint(String host, int port, Map<String, String> attributes) {
  /// Attribute: the zone in which the instance runs, as the place it was found in spells it.
  public static final String ZONE = "zone";

  /// Attribute: its share of the calls beside the other instances, a whole number of 1 or more.
  /// Where it is missing, instances are alike.
  public static final String WEIGHT = "weight";

  /// Attribute: who is asked first, a whole number; those with a higher one only when those before
  /// them cannot bear the load. Where it is missing, it is 0. As in SRV records (RFC 2782).
  public static final String PRIORITY = "priority";

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

  /// `host:port`, with an IPv6 address in brackets.
  public String address() {
    return (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port;
  }
}
