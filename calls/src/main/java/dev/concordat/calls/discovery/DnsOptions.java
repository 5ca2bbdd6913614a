package dev.concordat.calls.discovery;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/// Which names are looked up in DNS, and where.
///
/// @param name the name that is looked up, complete to the last label, with `{service}` where the
///   service's name stands: `{service}.shop.svc.cluster.local`
/// @param port the port of every address; 0 looks up SRV records, which say it themselves
/// @param servers which servers are asked, one after the other until one answers; empty, the
///   default, are the machine's
/// @param floor the least time that an answer is good for, whatever its TTL; default 1 s
/// @param ceiling the most time that an answer is good for, whatever its TTL; default 5 minutes
/// @param looking how patiently a server is asked; the timeout is for each try, of which there are
///   two for each server
public record DnsOptions(
    String name,
    int port,
    List<InetSocketAddress> servers,
    Duration floor,
    Duration ceiling,
    LookOptions looking) {
  /// Where the service's name stands in [#name].
  public static final String SERVICE = "{service}";

  /// Checks and copies.
  public DnsOptions {
    servers = List.copyOf(servers);
    if (!name.contains(SERVICE)) {
      throw new IllegalArgumentException(
          "a name to look up has " + SERVICE + " where the service stands, got \"" + name + "\"");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("a port is 1 to 65535, got " + port);
    }
    if (!floor.isPositive() || ceiling.compareTo(floor) < 0) {
      throw new IllegalArgumentException(
          "an answer is good for 0 < floor <= ceiling, got " + floor + " and " + ceiling);
    }
  }

  /// Addresses (A and AAAA records), all with this port: `host("{service}.shop.internal", 8080)`.
  public static DnsOptions host(String name, int port) {
    if (port == 0) {
      throw new IllegalArgumentException("addresses in DNS need a port");
    }
    return with(name, port);
  }

  /// Services (SRV records), which say their ports: `srv("_grpc._tcp.{service}.shop.internal")`.
  public static DnsOptions srv(String name) {
    return with(name, 0);
  }

  private static DnsOptions with(String name, int port) {
    return new DnsOptions(
        name, port, List.of(), Duration.ofSeconds(1), Duration.ofMinutes(5), LookOptions.DEFAULT);
  }

  /// The same asking these servers.
  public DnsOptions withServers(InetSocketAddress... servers) {
    return new DnsOptions(name, port, List.of(servers), floor, ceiling, looking);
  }

  /// The same with another least time.
  public DnsOptions withFloor(Duration floor) {
    return new DnsOptions(name, port, servers, floor, ceiling, looking);
  }

  /// The same with another most time.
  public DnsOptions withCeiling(Duration ceiling) {
    return new DnsOptions(name, port, servers, floor, ceiling, looking);
  }

  /// The same asked with another patience.
  public DnsOptions withLooking(LookOptions looking) {
    return new DnsOptions(name, port, servers, floor, ceiling, looking);
  }
}
