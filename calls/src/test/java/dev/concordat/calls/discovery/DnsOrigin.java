package dev.concordat.calls.discovery;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;

/// A DNS server whose answers are good for no time at all.
final class DnsOrigin implements Origin.Remote {
  private final DnsServer server = new DnsServer();
  private final boolean services;
  private final Map<String, List<String>> known = new HashMap<>();

  /// @param services whether there are SRV records
  DnsOrigin(boolean services) {
    this.services = services;
  }

  static Record a(String name, long ttl, String address) {
    try {
      InetAddress parsed = InetAddress.getByName(address);
      return parsed.getAddress().length == 4
          ? new ARecord(DnsServer.name(name), DClass.IN, ttl, parsed)
          : new AAAARecord(DnsServer.name(name), DClass.IN, ttl, parsed);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static Record srv(String name, long ttl, int priority, int weight, String target) {
    return new SRVRecord(
        DnsServer.name(name), DClass.IN, ttl, priority, weight, PORT, DnsServer.name(target));
  }

  @Override
  public Resolver open(LookOptions looking) {
    DnsOptions options =
        services
            ? DnsOptions.srv("_grpc._tcp.{service}.test")
            : DnsOptions.host("{service}.test", PORT);
    return DnsResolver.open(
        options
            .withServers(server.address())
            .withFloor(Duration.ofMillis(20))
            .withLooking(looking.withTimeout(patience(looking))));
  }

  /// What is lost on the way is asked for again soon.
  private static Duration patience(LookOptions looking) {
    Duration most = Duration.ofSeconds(1);
    return looking.timeout().compareTo(most) < 0 ? looking.timeout() : most;
  }

  @Override
  public synchronized void become(String service, List<String> hosts) {
    known.put(service, hosts);
    server.become(
        0,
        known.entrySet().stream()
            .flatMap(entry -> records(entry.getKey(), entry.getValue()))
            .toArray(Record[]::new));
  }

  private Stream<Record> records(String service, List<String> hosts) {
    return hosts.stream()
        .flatMap(host -> {
          String target = host.replace('.', '-') + "." + service + ".test.";
          return services
              ? Stream.of(
                  srv("_grpc._tcp." + service + ".test.", 0, 0, 0, target), a(target, 0, host))
              : Stream.of(a(service + ".test.", 0, host));
        });
  }

  @Override
  public void suffer(Plague plague) {
    server.suffer(plague);
  }

  @Override
  public long asked() {
    return server.asked();
  }

  @Override
  public int connections() {
    return 0;
  }

  @Override
  public List<Plague> plagues() {
    return Stream.of(
            "SERVFAIL", "REFUSED", "endless aliases", "cut off for ever", "", "x", "no DNS at all")
        .map(each -> Plague.says(each, each))
        .toList();
  }

  @Override
  public void close() {
    server.close();
  }
}
