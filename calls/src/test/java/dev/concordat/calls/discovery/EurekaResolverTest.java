package dev.concordat.calls.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.concordat.calls.Eventually;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Against Netflix's own server.
class EurekaResolverTest extends RemoteResolverConformance {
  private static final AtomicInteger TESTS = new AtomicInteger();

  private final Front front = new Front(EurekaServer.port());

  @Override
  Origin.Remote origin() {
    return new Filled(front);
  }

  @Test
  void zoneIsKnown() {
    EurekaRegistrar registrar = registrar(options(front, QUICK));
    registrar.register("zones", new Endpoint("10.0.0.1", 80, Map.of("zone", "a", "x", "y")));
    Seen seen = raw("zones", options(front, QUICK));
    seen.awaitHosts("10.0.0.1");
    assertThat(seen.last())
        .containsExactly(new Endpoint("10.0.0.1", 80, Map.of(Endpoint.ZONE, "a", "x", "y")));
  }

  @Test
  void securePortIsADifferentPort() {
    EurekaRegistrar registrar = registrar(options(front, QUICK).withSecure(true));
    registrar.register("safe", Endpoint.of("10.0.0.1", 443));
    Seen seen = raw("safe", options(front, QUICK).withSecure(true));
    seen.awaitHosts("10.0.0.1");
    Seen plain = raw("safe", options(front, QUICK));
    plain.awaitHosts();
  }

  @Test
  void instanceThatIsNotUpIsNotTold() throws Exception {
    EurekaRegistrar registrar = registrar(options(front, QUICK));
    registrar.register("moods", Endpoint.of("10.0.0.1", 80));
    registrar.register("moods", Endpoint.of("10.0.0.2", 80));
    Seen seen = raw("moods", options(front, QUICK));
    seen.awaitHosts("10.0.0.1", "10.0.0.2");
    String id = idOf("10.0.0.1");
    assertThat(send("PUT", "/eureka/apps/MOODS/" + id + "/status?value=OUT_OF_SERVICE"))
        .isEqualTo(200);
    seen.awaitHosts("10.0.0.2");
  }

  @Test
  void instanceThatTheServerForgotIsRegisteredAgain() throws Exception {
    EurekaRegistrar registrar = registrar(options(front, QUICK).withLease(Duration.ofMillis(300)));
    registrar.register("moods", Endpoint.of("10.0.0.7", 80));
    String id = idOf("10.0.0.7");
    assertThat(send("DELETE", "/eureka/apps/MOODS/" + id)).isEqualTo(200);
    Seen seen = raw("moods", options(front, QUICK));
    seen.awaitHosts("10.0.0.7");
  }

  @Test
  void instanceIsTakenAwayAtItsEnd() {
    EurekaRegistrar registrar = registrar(options(front, QUICK));
    Seen seen = raw("ends", options(front, QUICK));
    var registration = registrar.register("ends", Endpoint.of("10.0.0.1", 80));
    seen.awaitHosts("10.0.0.1");
    registration.close();
    seen.awaitHosts();
  }

  @Test
  void serverThatLostItsMemoryIsNotBelievedAtOnce() {
    origin.become("orders", List.of("10.0.0.1"));
    Seen seen = new Seen();
    String name = ((Filled) origin).name("orders");
    EurekaResolver resolver =
        EurekaResolver.open(options(front, QUICK).withPoll(Duration.ofDays(1)));
    closing(resolver);
    Resolver.Watch watch = resolver.watch(name, seen);
    seen.awaitHosts("10.0.0.1");
    origin.suffer(Origin.Plague.http(404, ""));
    long asked = origin.asked();
    Eventually.holds(
        "asked often",
        () -> {
          watch.refresh();
          return origin.asked() > asked + 5;
        });
    assertThat(seen.times()).isEqualTo(1);
  }

  @Test
  void eurekaThatCannotBeReachedFailsTheRegistration() {
    origin.suffer(Origin.Plague.DOWN);
    EurekaRegistrar registrar = registrar(options(front, QUICK));
    assertThatThrownBy(() -> registrar.register("orders", Endpoint.of("10.0.0.1", 80)))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE));
  }

  @Test
  void nextServerIsAskedWhenOneDoesNotAnswer() {
    origin.become("orders", List.of("10.0.0.1"));
    URI nobody = URI.create("http://127.0.0.1:1/eureka");
    EurekaOptions two =
        new EurekaOptions(
            List.of(nobody, front.uri("/eureka/")),
            false,
            () -> "Basic x",
            Optional.empty(),
            Duration.ofMillis(20),
            Duration.ofSeconds(90),
            QUICK);
    raw(((Filled) origin).name("orders"), two).awaitHosts("10.0.0.1");
  }

  @Test
  void singleInstanceMayStandWithoutAList() throws IOException {
    byte[] answer =
        """
        {"application":{"name":"OLD","instance":{"hostName":"old","status":"UP",
         "port":{"$":"8080","@enabled":true},
         "dataCenterInfo":{"metadata":{"availability-zone":"eu-1a"}}}}}
        """
            .getBytes(StandardCharsets.UTF_8);
    HttpServer old =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    old.createContext(
        "/eureka/apps/OLD",
        exchange -> {
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    old.start();
    closing(() -> old.stop(0));
    URI uri = URI.create("http://127.0.0.1:" + old.getAddress().getPort() + "/eureka");
    Seen seen = raw("old", EurekaOptions.at(uri).withLooking(QUICK));
    seen.awaitHosts("old");
    assertThat(seen.last())
        .containsExactly(new Endpoint("old", 8080, Map.of(Endpoint.ZONE, "eu-1a")));
  }

  private static EurekaOptions options(Front front, LookOptions looking) {
    return EurekaOptions.at(front.uri("/eureka"))
        .withPoll(Duration.ofMillis(20))
        .withLooking(looking);
  }

  private EurekaRegistrar registrar(EurekaOptions options) {
    EurekaRegistrar registrar = EurekaRegistrar.open(options);
    closing(registrar);
    return registrar;
  }

  private Seen raw(String service, EurekaOptions options) {
    EurekaResolver resolver = EurekaResolver.open(options);
    closing(resolver);
    Seen seen = new Seen();
    resolver.watch(service, seen);
    return seen;
  }

  private static String idOf(String host) throws Exception {
    String all = ask("GET", "/eureka/apps/MOODS").body();
    String before = all.substring(0, all.indexOf("\"hostName\":\"" + host + "\""));
    String id = before.substring(before.lastIndexOf("\"instanceId\":\"") + 14);
    return id.substring(0, id.indexOf('"'));
  }

  private static int send(String method, String path) throws Exception {
    return ask(method, path).statusCode();
  }

  private static HttpResponse<String> ask(String method, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + EurekaServer.port() + path);
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(uri)
              .header("accept", "application/json")
              .method(method, HttpRequest.BodyPublishers.noBody())
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  /// The names of each test are its own, since the server is shared.
  private static final class Filled implements Origin.Remote {
    private final Front front;
    private final String suffix = "-" + TESTS.incrementAndGet();
    private final EurekaRegistrar registrar =
        EurekaRegistrar.open(
            EurekaOptions.at(URI.create("http://127.0.0.1:" + EurekaServer.port() + "/eureka"))
                .withLooking(QUICK));
    private final Registered registered =
        new Registered((service, endpoint) -> registrar.register(name(service), endpoint));

    Filled(Front front) {
      this.front = front;
    }

    String name(String service) {
      return service + suffix;
    }

    @Override
    public Resolver open(LookOptions looking) {
      return new Renamed(EurekaResolver.open(options(front, looking)), suffix);
    }

    @Override
    public void become(String service, List<String> hosts) {
      registered.become(service, hosts);
    }

    @Override
    public void suffer(Plague plague) {
      front.suffer(plague);
    }

    @Override
    public long asked() {
      return front.asked();
    }

    @Override
    public int connections() {
      return front.connections();
    }

    @Override
    public List<Plague> plagues() {
      return Nonsense.of(
          "{}",
          "{\"application\":[]}",
          "{\"application\":{\"instance\":[7]}}",
          "{\"application\":{\"instance\":[{\"status\":{}}]}}",
          "{\"application\":{\"instance\":[{\"status\":\"UP\",\"port\":{\"$\":\"x\"}}]}}");
    }

    @Override
    public void close() {
      registrar.close();
      front.close();
    }
  }

  private record Renamed(EurekaResolver resolver, String suffix)
      implements Resolver, AutoCloseable {
    @Override
    public Watch watch(String service, Consumer<List<Endpoint>> listener) {
      return resolver.watch(service + suffix, listener);
    }

    @Override
    public void close() {
      resolver.close();
    }
  }
}
