package dev.concordat.calls.discovery;

import com.google.gson.JsonObject;
import dev.concordat.core.Background;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The instances that pass their checks in Consul, told by blocking queries: a change is known a
/// moment after Consul knows it.
///
/// An endpoint's attributes are the `Meta` of the service; [Endpoint#ZONE] is the `zone` in it,
/// else the one in the `Meta` of the node; [Endpoint#WEIGHT] is its `Weights.Passing`. While Consul
/// cannot be asked, has no leader, or hides the instances since the token may not see them, what
/// was last known stands.
///
/// Threads: safe for many.
///
/// Source: [Health](https://developer.hashicorp.com/consul/api-docs/health), [Blocking
/// queries](https://developer.hashicorp.com/consul/api-docs/features/blocking).
public final class ConsulResolver implements Resolver, AutoCloseable {
  /// Changes that come in a burst are fetched together.
  private static final Duration BURST = Duration.ofMillis(100);

  private final ConsulOptions options;
  private final HttpPeer consul;
  private final Background threads = new Background("consul");

  private ConsulResolver(ConsulOptions options) {
    this.options = options;
    this.consul = new HttpPeer(options.agents(), options.looking(), options.authorities());
  }

  /// A resolver that asks this Consul. Nothing is asked yet.
  public static ConsulResolver open(ConsulOptions options) {
    return new ConsulResolver(options);
  }

  @Override
  public Watch watch(String service, Consumer<List<Endpoint>> listener) {
    return Lookout.open(
        "Consul for " + service, threads, options.looking(), new Query(service)::at, listener);
  }

  /// Ends the watches and closes the connections.
  @Override
  public void close() {
    threads.close();
    consul.close();
  }

  static Map<String, String> headers(ConsulOptions options) {
    String token = options.token().get();
    return token.isEmpty() ? Map.of() : Map.of("X-Consul-Token", token);
  }

  /// One name and how much of its history was seen.
  private final class Query {
    private final String path;
    private long index;

    Query(String service) {
      this.path =
          "/v1/health/service/"
              + URLEncoder.encode(service, StandardCharsets.UTF_8).replace("+", "%20")
              + "?passing=1"
              + (options.filter().isEmpty() ? "" : "&" + options.filter());
    }

    Duration at(Lookout lookout) throws InterruptedException {
      if (lookout.afresh()) {
        index = 0;
      }
      boolean blocking = index > 0;
      HttpPeer.Reply reply = blocking ? lookout.await(this::ask) : ask();
      if (reply.status() != 200) {
        throw Failure.of(Code.UNAVAILABLE, "Consul answers " + reply.status());
      }
      List<Endpoint> found = endpoints(reply);
      if (found.isEmpty() && reply.header("X-Consul-Results-Filtered-By-ACLs").equals("true")) {
        throw Failure.of(Code.PERMISSION_DENIED, "the ACL token may not see the service");
      }
      index = next(reply.header("X-Consul-Index"));
      lookout.tell(found);
      return options.looking().spread(BURST);
    }

    private HttpPeer.Reply ask() throws InterruptedException {
      Duration timeout = options.looking().timeout();
      if (index == 0) {
        return consul.ask("GET", path, headers(options), "", timeout);
      }
      String waiting = path + "&index=" + index + "&wait=" + options.block().toMillis() + "ms";
      // Consul adds up to a sixteenth to the wait, so that a crowd does not come back in step.
      Duration patience = options.block().plus(options.block().dividedBy(16)).plus(timeout);
      return consul.ask("GET", waiting, headers(options), "", patience);
    }

    /// Once it has gone backwards (a restored snapshot, a new leader), waiting for it to rise would
    /// be waiting for long; one that is not above zero would not wait at all.
    private long next(String header) {
      try {
        long now = Long.parseLong(header);
        return now < index ? 0 : Math.max(1, now);
      } catch (NumberFormatException e) {
        throw Json.wrong("an X-Consul-Index", "none");
      }
    }
  }

  private static List<Endpoint> endpoints(HttpPeer.Reply reply) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (JsonObject entry : Json.objects(Json.read(reply.body()))) {
      JsonObject node = Json.object(entry.get("Node"));
      JsonObject service = Json.object(entry.get("Service"));
      String own = Json.text(service, "Address");
      String host = own.isEmpty() ? Json.text(node, "Address") : own;
      int port = Json.number(service, "Port");
      // Consul also keeps what has no port; nobody can be called there.
      if (!host.isBlank() && port >= 1 && port <= 65_535) {
        endpoints.add(new Endpoint(host, port, attributes(node, service)));
      }
    }
    return endpoints;
  }

  private static Map<String, String> attributes(JsonObject node, JsonObject service) {
    Map<String, String> attributes = new HashMap<>(Json.plain(Json.object(service, "Meta")));
    String zone = Json.text(Json.object(node, "Meta"), Endpoint.ZONE);
    if (!zone.isEmpty()) {
      attributes.putIfAbsent(Endpoint.ZONE, zone);
    }
    int weight = Json.number(Json.object(service, "Weights"), "Passing");
    if (weight > 0) {
      attributes.put(Endpoint.WEIGHT, Integer.toString(weight));
    }
    return attributes;
  }
}
