package dev.concordat.calls.discovery;

import com.google.gson.JsonObject;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.time.Duration;
import java.util.Map;

/// Makes instances known in Consul, at the agent, with a check that passes as long as they renew
/// it.
///
/// The endpoint's attributes become the `Meta` of the service, [Endpoint#WEIGHT] its
/// `Weights.Passing`. An instance that died fails its check after [ConsulOptions#check], 10 s, and
/// is removed by Consul after a minute. One that the agent has forgotten, since it was restarted,
/// is registered anew at the next renewal.
///
/// Threads: safe for many.
///
/// Failure: [#register] fails with [Code#UNAVAILABLE] when Consul cannot be reached or refuses;
/// what goes on in the background is tried again and logged.
///
/// Source: [Agent services](https://developer.hashicorp.com/consul/api-docs/agent/service),
/// [checks](https://developer.hashicorp.com/consul/api-docs/agent/check).
public final class ConsulRegistrar implements Registrar, AutoCloseable {
  private final ConsulOptions options;
  private final HttpPeer consul;
  private final Leases leases;

  private ConsulRegistrar(ConsulOptions options) {
    this.options = options;
    this.consul = new HttpPeer(options.agents(), options.looking(), options.authorities());
    this.leases = new Leases("consul-registrar", options.looking().clock());
  }

  /// A registrar at this Consul.
  public static ConsulRegistrar open(ConsulOptions options) {
    return new ConsulRegistrar(options);
  }

  @Override
  public Registration register(String service, Endpoint endpoint) {
    return leases.open(
        service + " at " + endpoint.address() + " in Consul",
        new Entry(service, endpoint),
        options.check().dividedBy(3));
  }

  /// Takes away what was registered here.
  @Override
  public void close() {
    leases.close();
    consul.close();
  }

  private final class Entry implements Lease.Listing {
    private final String id;
    private final String text;

    Entry(String service, Endpoint endpoint) {
      this.id = Leases.identity(service, endpoint);
      this.text = registration(id, service, endpoint, options.check());
    }

    @Override
    public void enter() throws InterruptedException {
      Leases.expect(
          "Consul", put("/v1/agent/service/register?replace-existing-checks=true", text), 200);
    }

    @Override
    public boolean renew() throws InterruptedException {
      HttpPeer.Reply reply = put("/v1/agent/check/pass/service:" + id, "");
      // Before 1.11 an unknown check was a 500 with a sentence.
      boolean unknown =
          reply.status() == 404 || (reply.status() == 500 && reply.body().contains("CheckID"));
      if (!unknown) {
        Leases.expect("Consul", reply, 200);
      }
      return !unknown;
    }

    @Override
    public void leave() throws InterruptedException {
      Leases.expect("Consul", put("/v1/agent/service/deregister/" + id, ""), 200, 404);
    }

    private HttpPeer.Reply put(String path, String body) throws InterruptedException {
      return consul.ask(
          "PUT", path, ConsulResolver.headers(options), body, options.looking().timeout());
    }
  }

  private static String registration(String id, String service, Endpoint endpoint, Duration check) {
    JsonObject meta = new JsonObject();
    endpoint.attributes().forEach(meta::addProperty);
    JsonObject passing = new JsonObject();
    passing.addProperty("CheckID", "service:" + id);
    passing.addProperty("TTL", check.toMillis() + "ms");
    passing.addProperty("Status", "passing");
    passing.addProperty("DeregisterCriticalServiceAfter", "1m");
    JsonObject entry = new JsonObject();
    entry.addProperty("ID", id);
    entry.addProperty("Name", service);
    entry.addProperty("Address", endpoint.host());
    entry.addProperty("Port", endpoint.port());
    entry.add("Meta", meta);
    entry.add("Check", passing);
    weight(endpoint.attributes(), entry);
    return entry.toString();
  }

  private static void weight(Map<String, String> attributes, JsonObject entry) {
    String weight = attributes.get(Endpoint.WEIGHT);
    if (weight == null) {
      return;
    }
    try {
      JsonObject weights = new JsonObject();
      weights.addProperty("Passing", Integer.parseInt(weight));
      weights.addProperty("Warning", 1);
      entry.add("Weights", weights);
    } catch (NumberFormatException e) {
      throw Failure.of(
          Code.INVALID_ARGUMENT, "a weight is a whole number, got \"" + weight + "\"", e);
    }
  }
}
