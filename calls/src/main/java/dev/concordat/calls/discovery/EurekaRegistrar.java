package dev.concordat.calls.discovery;

import com.google.gson.JsonObject;
import java.util.Locale;

/// Makes instances known in Eureka: registered as `UP`, renewed every 30 s, taken away when they
/// stop.
///
/// The endpoint's attributes become the instance's metadata. An instance that died is removed by
/// Eureka after its lease, 90 s, unless it is in self-preservation. One that Eureka has forgotten
/// is registered anew at the next renewal.
///
/// Threads: safe for many.
///
/// Failure: [#register] fails with [Code#UNAVAILABLE] when Eureka cannot be reached or refuses;
/// what goes on in the background is tried again and logged.
///
/// Source: [Eureka REST operations](https://github.com/Netflix/eureka/wiki/Eureka-REST-operations).
public final class EurekaRegistrar implements Registrar, AutoCloseable {
  private final EurekaOptions options;
  private final HttpPeer eureka;
  private final Leases leases;

  private EurekaRegistrar(EurekaOptions options) {
    this.options = options;
    this.eureka = EurekaResolver.peer(options);
    this.leases = new Leases("eureka-registrar", options.looking().clock());
  }

  /// A registrar at this Eureka.
  public static EurekaRegistrar open(EurekaOptions options) {
    return new EurekaRegistrar(options);
  }

  @Override
  public Registration register(String service, Endpoint endpoint) {
    return leases.open(
        service + " at " + endpoint.address() + " in Eureka",
        new Entry(service, endpoint),
        options.lease().dividedBy(3));
  }

  /// Takes away what was registered here.
  @Override
  public void close() {
    leases.close();
    eureka.close();
  }

  private final class Entry implements Lease.Listing {
    private final String service;
    private final String id;
    private final String text;

    Entry(String service, Endpoint endpoint) {
      this.service = service;
      this.id = Leases.identity(service, endpoint);
      this.text = registration(service, endpoint).toString();
    }

    @Override
    public void enter() throws InterruptedException {
      Leases.expect("Eureka", ask("POST", "", text), 204, 200);
    }

    @Override
    public boolean renew() throws InterruptedException {
      HttpPeer.Reply reply = ask("PUT", "/" + id, "");
      Leases.expect("Eureka", reply, 200, 404);
      return reply.status() == 200;
    }

    @Override
    public void leave() throws InterruptedException {
      Leases.expect("Eureka", ask("DELETE", "/" + id, ""), 200, 404);
    }

    private HttpPeer.Reply ask(String method, String below, String body)
        throws InterruptedException {
      return eureka.ask(
          method,
          EurekaResolver.path(eureka.server(), service) + below,
          EurekaResolver.headers(options),
          body,
          options.looking().timeout());
    }

    private JsonObject registration(String service, Endpoint endpoint) {
      JsonObject metadata = new JsonObject();
      endpoint.attributes().forEach(metadata::addProperty);
      JsonObject centre = new JsonObject();
      centre.addProperty("@class", "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo");
      centre.addProperty("name", "MyOwn");
      JsonObject lease = new JsonObject();
      lease.addProperty("renewalIntervalInSecs", Math.max(1, options.lease().toSeconds() / 3));
      lease.addProperty("durationInSecs", Math.max(1, options.lease().toSeconds()));
      JsonObject instance = new JsonObject();
      instance.addProperty("instanceId", id);
      instance.addProperty("app", service.toUpperCase(Locale.ROOT));
      instance.addProperty("hostName", endpoint.host());
      instance.addProperty("ipAddr", endpoint.host());
      instance.addProperty("vipAddress", service);
      instance.addProperty("secureVipAddress", service);
      instance.addProperty("status", "UP");
      instance.add("port", port(endpoint.port(), !options.secure()));
      instance.add("securePort", port(endpoint.port(), options.secure()));
      instance.add("dataCenterInfo", centre);
      instance.add("leaseInfo", lease);
      instance.add("metadata", metadata);
      JsonObject body = new JsonObject();
      body.add("instance", instance);
      return body;
    }
  }

  private static JsonObject port(int number, boolean enabled) {
    JsonObject port = new JsonObject();
    port.addProperty("$", number);
    port.addProperty("@enabled", Boolean.toString(enabled));
    return port;
  }
}
