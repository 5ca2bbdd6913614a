package dev.concordat.calls.discovery;

import dev.concordat.core.Background;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/// The addresses of a name in DNS: A and AAAA records with one port, or SRV records, which say port
/// and weight themselves. A headless service of Kubernetes is such a name, and so is a service in
/// Consul's DNS.
///
/// A name is looked up again when the shortest TTL of what it stood on ends, at least a second and
/// at most 5 minutes later, and soon when somebody could not be reached. While no server answers,
/// what was last known stands; that there is no such name is believed when it is said twice.
///
/// Of SRV records all are given, 256 at most, those that come first before others:
/// [Endpoint#PRIORITY] is the priority (when they differ), [Endpoint#WEIGHT] the weight (when any
/// has one), and `name` the target's name. The weight 0, "hardly ever", becomes 1.
///
/// Threads: safe for many.
///
/// Source: RFC 1035, RFC 2782 (SRV), RFC 2308 (negative answers).
public final class DnsResolver implements Resolver, AutoCloseable {
  private static final int MOST_TARGETS = 256;

  private final DnsOptions options;
  private final DnsQuery dns;
  private final Background threads = new Background("dns");

  private DnsResolver(DnsOptions options) {
    this.options = options;
    this.dns = new DnsQuery(options);
  }

  /// A resolver that looks up these names. Nothing is asked yet.
  public static DnsResolver open(DnsOptions options) {
    return new DnsResolver(options);
  }

  /// @throws IllegalArgumentException when the service's name makes no name of DNS
  @Override
  public Watch watch(String service, Consumer<List<Endpoint>> listener) {
    Name name = name(service);
    Confirmed confirmed = new Confirmed(Duration.ZERO, options.looking().clock());
    return Lookout.open(
        "DNS for " + name,
        threads,
        options.looking(),
        lookout -> {
          Found found = new Found();
          if (options.port() == 0) {
            services(name, found);
          } else {
            addresses(name, options.port(), Map.of(), found);
          }
          return confirmed.doubts(lookout, found.endpoints)
              ? options.looking().rest()
              : found.goodFor();
        },
        listener);
  }

  /// Ends the watches.
  @Override
  public void close() {
    threads.close();
  }

  private Name name(String service) {
    String text = options.name().replace(DnsOptions.SERVICE, service);
    try {
      return Name.fromString(text, Name.root);
    } catch (TextParseException e) {
      throw new IllegalArgumentException("\"" + text + "\" is no name of DNS", e);
    }
  }

  private void services(Name name, Found found) throws InterruptedException {
    DnsAnswer answer = dns.ask(name, Type.SRV);
    found.until(answer.ttl());
    List<SRVRecord> all = answer.records().stream().map(SRVRecord.class::cast).toList();
    List<SRVRecord> targets =
        all.stream()
            // The root as target: decidedly nobody.
            .filter(each -> !each.getTarget().equals(Name.root))
            .sorted(Comparator.comparingInt(SRVRecord::getPriority))
            .limit(MOST_TARGETS)
            .toList();
    boolean ranked = targets.stream().mapToInt(SRVRecord::getPriority).distinct().count() > 1;
    boolean weighted = targets.stream().anyMatch(each -> each.getWeight() > 0);
    for (SRVRecord each : targets) {
      Map<String, String> attributes = new HashMap<>();
      attributes.put("name", each.getTarget().toString(true));
      if (ranked) {
        attributes.put(Endpoint.PRIORITY, Integer.toString(each.getPriority()));
      }
      if (weighted) {
        attributes.put(Endpoint.WEIGHT, Integer.toString(Math.max(1, each.getWeight())));
      }
      List<Record> along =
          answer.beside().stream().filter(it -> it.getName().equals(each.getTarget())).toList();
      if (along.stream().anyMatch(it -> address(it) != null)) {
        found.add(along, each.getPort(), attributes);
      } else {
        addresses(each.getTarget(), each.getPort(), attributes, found);
      }
    }
  }

  private void addresses(Name name, int port, Map<String, String> attributes, Found found)
      throws InterruptedException {
    for (int type : List.of(Type.A, Type.AAAA)) {
      DnsAnswer answer = dns.ask(name, type);
      // A name with addresses of one family only is no reason to look again soon for the other.
      if (!answer.records().isEmpty() || found.endpoints.isEmpty()) {
        found.until(answer.ttl());
      }
      found.add(answer.records(), port, attributes);
    }
  }

  private static @Nullable InetAddress address(Record each) {
    if (each instanceof ARecord four) {
      return four.getAddress();
    }
    return each instanceof AAAARecord six ? six.getAddress() : null;
  }

  /// What one look has found, and how long it is good for.
  private final class Found {
    private final List<Endpoint> endpoints = new ArrayList<>();
    private long ttl = Long.MAX_VALUE;

    void until(long seconds) {
      ttl = Math.min(ttl, seconds);
    }

    void add(List<Record> records, int port, Map<String, String> attributes) {
      for (Record each : records) {
        InetAddress address = address(each);
        if (address != null && port > 0) {
          until(each.getTTL());
          endpoints.add(new Endpoint(address.getHostAddress(), port, attributes));
        }
      }
    }

    Duration goodFor() {
      Duration said = Duration.ofSeconds(Math.min(ttl, options.ceiling().toSeconds()));
      return said.compareTo(options.floor()) < 0 ? options.floor() : said;
    }
  }
}
