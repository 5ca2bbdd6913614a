package dev.concordat.calls.discovery;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.concordat.core.Background;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/// The instances that are `UP` in Eureka, asked every 30 s. Eureka itself answers from a cache that
/// is up to 30 s old: with its defaults a change takes up to a minute.
///
/// An endpoint's attributes are the instance's metadata; [Endpoint#ZONE] is the `zone` in it, else
/// Amazon's availability zone. The application is asked for in upper case, as Eureka keeps it.
/// While Eureka cannot be asked, what was last known stands; that nobody is left is believed when
/// it is said twice, since a server that was restarted knows nobody at first.
///
/// Threads: safe for many.
///
/// Source: [Eureka REST operations](https://github.com/Netflix/eureka/wiki/Eureka-REST-operations).
public final class EurekaResolver implements Resolver, AutoCloseable {
  private final EurekaOptions options;
  private final HttpPeer eureka;
  private final Background threads = new Background("eureka");

  private EurekaResolver(EurekaOptions options) {
    this.options = options;
    this.eureka = peer(options);
  }

  /// A resolver that asks this Eureka. Nothing is asked yet.
  public static EurekaResolver open(EurekaOptions options) {
    return new EurekaResolver(options);
  }

  @Override
  public Watch watch(String service, Consumer<List<Endpoint>> listener) {
    Confirmed confirmed = new Confirmed(options.poll().dividedBy(2), options.looking().clock());
    return Lookout.open(
        "Eureka for " + service,
        threads,
        options.looking(),
        lookout -> {
          confirmed.doubts(lookout, find(service));
          return options.looking().spread(options.poll());
        },
        listener);
  }

  /// Ends the watches and closes the connections.
  @Override
  public void close() {
    threads.close();
    eureka.close();
  }

  static HttpPeer peer(EurekaOptions options) {
    return new HttpPeer(options.servers(), options.looking(), options.authorities());
  }

  static Map<String, String> headers(EurekaOptions options) {
    String authorization = options.authorization().get();
    return authorization.isEmpty() ? Map.of() : Map.of("Authorization", authorization);
  }

  /// The path of an application at the server that is asked at the moment.
  static String path(URI server, String service) {
    String root = server.getPath();
    return (root.endsWith("/") ? root : root + "/") + "apps/" + application(service);
  }

  static String application(String service) {
    return URLEncoder.encode(service.toUpperCase(Locale.ROOT), StandardCharsets.UTF_8);
  }

  private List<Endpoint> find(String service) throws InterruptedException {
    HttpPeer.Reply reply =
        eureka.ask(
            "GET",
            path(eureka.server(), service),
            headers(options),
            "",
            options.looking().timeout());
    return switch (reply.status()) {
      case 200 -> endpoints(Json.object(Json.read(reply.body())));
      case 404 -> List.of();
      default -> throw Failure.of(Code.UNAVAILABLE, "Eureka answers " + reply.status());
    };
  }

  private List<Endpoint> endpoints(JsonObject answer) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (JsonObject instance : instances(Json.object(answer.get("application")))) {
      JsonObject port = Json.object(instance, options.secure() ? "securePort" : "port");
      int number = Json.number(port, "$");
      String ip = Json.text(instance, "ipAddr");
      String host = ip.isEmpty() ? Json.text(instance, "hostName") : ip;
      boolean callable =
          Json.text(instance, "status").equals("UP")
              && Json.flag(port, "@enabled").orElse(false)
              && !host.isBlank()
              && number >= 1
              && number <= 65_535;
      if (callable) {
        endpoints.add(new Endpoint(host, number, attributes(instance)));
      }
    }
    return endpoints;
  }

  /// Older servers write a list of one as the one.
  private static List<JsonObject> instances(JsonObject application) {
    JsonElement instances = application.get("instance");
    return instances instanceof JsonObject one
        ? List.of(one)
        : Json.objects(application, "instance");
  }

  private static Map<String, String> attributes(JsonObject instance) {
    Map<String, String> attributes = new HashMap<>(Json.plain(Json.object(instance, "metadata")));
    // How the server's own JSON writes a map.
    attributes.remove("@class");
    JsonObject centre = Json.object(instance, "dataCenterInfo");
    String zone = Json.text(Json.object(centre, "metadata"), "availability-zone");
    if (!zone.isEmpty()) {
      attributes.putIfAbsent(Endpoint.ZONE, zone);
    }
    return attributes;
  }
}
