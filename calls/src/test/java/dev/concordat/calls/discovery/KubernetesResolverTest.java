package dev.concordat.calls.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.concordat.calls.Eventually;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubernetesResolverTest extends RemoteResolverConformance {
  private final KubernetesServer kubernetes = new KubernetesServer(Optional.empty());
  @TempDir private Path folder;

  @Override
  Origin.Remote origin() {
    return new Cluster(kubernetes);
  }

  /// A list and a watch.
  @Override
  long answers() {
    return 2;
  }

  @Test
  void listIsFollowedByOneWatchFromWhereItEnded() {
    origin.become("orders", List.of("10.0.0.1"));
    Seen seen = watch("orders");
    seen.awaitHosts("10.0.0.1");
    origin.become("orders", List.of("10.0.0.2"));
    seen.awaitHosts("10.0.0.2");
    assertThat(kubernetes.questions()).hasSize(2);
    assertThat(kubernetes.questions())
        .last()
        .asString()
        .contains("labelSelector=kubernetes.io%2Fservice-name%3Dorders")
        .contains("&watch=true&allowWatchBookmarks=true")
        .contains("&resourceVersion=101");
  }

  @Test
  void watchThatEndsGoesOnFromTheLastBookmark() {
    origin.become("orders", List.of("10.0.0.1"));
    Seen seen = watch("orders");
    seen.awaitHosts("10.0.0.1");
    kubernetes.bookmark();
    kubernetes.cutWatches();
    Eventually.holds(
        "goes on",
        () -> kubernetes.questions().stream().anyMatch(it -> it.contains("resourceVersion=102")));
    assertThat(kubernetes.questions()).hasSize(3);
    origin.become("orders", List.of("10.0.0.2"));
    seen.awaitHosts("10.0.0.2");
  }

  @Test
  void historyThatIsGoneIsListedAnew() {
    origin.become("orders", List.of("10.0.0.1"));
    Seen seen = watch("orders");
    seen.awaitHosts("10.0.0.1");
    try (Warnings warnings = new Warnings(Lookout.class)) {
      kubernetes.compact();
      Eventually.holds("listed anew", () -> kubernetes.questions().size() >= 5);
      origin.become("orders", List.of("10.0.0.2"));
      seen.awaitHosts("10.0.0.2");
      assertThat(warnings.count()).isZero();
    }
  }

  @Test
  void readyOnesAreToldWithZoneNodeAndPod() {
    kubernetes.put(
        slice(
            "orders-1",
            "[{'name':'grpc','port':9000},{'name':'http','port':80}]",
            """
            [{'addresses':['10.0.0.1','10.9.9.9'],'conditions':{'ready':true},'zone':'a',
              'nodeName':'n1','targetRef':{'kind':'Pod','name':'orders-x'},
              'hints':{'forZones':[{'name':'a'},{'name':'b'}]}},
             {'addresses':['10.0.0.2'],'conditions':{'ready':false,'serving':false}},
             {'addresses':['10.0.0.3'],'conditions':{'ready':false,'serving':true,'terminating':true}},
             {'addresses':['10.0.0.4']}]
            """));
    Seen seen = watch("orders");
    seen.awaitHosts("10.0.0.1", "10.0.0.4");
    assertThat(seen.last())
        .containsExactly(
            new Endpoint(
                "10.0.0.1",
                9000,
                Map.of("zone", "a", "node", "n1", "pod", "orders-x", "for-zones", "a,b")),
            Endpoint.of("10.0.0.4", 9000));
  }

  @Test
  void thoseThatEndStandInWhenNobodyIsReady() {
    kubernetes.put(
        slice(
            "orders-1",
            "[{'name':'','port':80}]",
            """
            [{'addresses':['10.0.0.2'],'conditions':{'ready':false}},
             {'addresses':['10.0.0.3'],'conditions':{'ready':false,'serving':true,'terminating':true}}]
            """));
    watch("orders").awaitHosts("10.0.0.3");
  }

  @Test
  void slicesAreAddedUpAndTwoFamiliesAreOne() {
    kubernetes.put(slice("a", "[{'name':'','port':80}]", "[{'addresses':['10.0.0.1']}]"));
    kubernetes.put(slice("b", "[{'name':'','port':81}]", "[{'addresses':['10.0.0.2']}]"));
    JsonObject six = slice("c", "[{'name':'','port':80}]", "[{'addresses':['fd00::1']}]");
    six.addProperty("addressType", "IPv6");
    kubernetes.put(six);
    Seen seen = watch("orders");
    seen.awaitHosts("10.0.0.1", "10.0.0.2");
    assertThat(seen.last()).extracting(Endpoint::port).containsExactly(80, 81);
    kubernetes.remove("a");
    seen.awaitHosts("10.0.0.2");
    kubernetes.remove("b");
    seen.awaitHosts("fd00::1");
  }

  @Test
  void portThatIsNotThereIsSaid() {
    kubernetes.put(
        slice(
            "orders-1",
            "[{'name':'http','port':80},{'name':'admin','port':81}]",
            "[{'addresses':['10.0.0.1']}]"));
    try (Warnings warnings = new Warnings(Lookout.class)) {
      watch("orders");
      Eventually.holds("said", () -> warnings.count() == 1);
    }
    Seen seen = new Seen();
    KubernetesResolver named = KubernetesResolver.open(options().withPort("admin"));
    closing(named);
    named.watch("orders", seen);
    seen.awaitHosts("10.0.0.1");
    assertThat(seen.last().getFirst().port()).isEqualTo(81);
  }

  @Test
  void tokenIsReadAnewForEachQuestion() throws IOException {
    Path token = Files.writeString(folder.resolve("token"), "first\n");
    KubernetesResolver resolver = KubernetesResolver.open(options().withToken(token));
    closing(resolver);
    Seen seen = new Seen();
    origin.become("orders", List.of("10.0.0.1"));
    resolver.watch("orders", seen);
    seen.awaitHosts("10.0.0.1");
    assertThat(kubernetes.tokens()).containsOnly("Bearer first");
    Files.writeString(token, "second\n");
    kubernetes.cutWatches();
    Eventually.holds("read anew", () -> kubernetes.tokens().contains("Bearer second"));
  }

  @Test
  void certificatesAreTrustedFromAFileThatMayBeReplaced() throws Exception {
    Certificates ours = Certificates.create(folder.resolve("ours"));
    Certificates others = Certificates.create(folder.resolve("others"));
    try (KubernetesServer secure = new KubernetesServer(Optional.of(ours.server()))) {
      secure.put(slice("a", "[{'name':'','port':80}]", "[{'addresses':['10.0.0.1']}]"));
      Path trusted = Files.copy(others.authority(), folder.resolve("ca.crt"));
      KubernetesResolver resolver =
          KubernetesResolver.open(
              KubernetesOptions.at(URI.create("https://localhost:" + secure.port()), "shop")
                  .withAuthorities(trusted)
                  .withLooking(QUICK.withTimeout(Duration.ofSeconds(1))));
      closing(resolver);
      Seen seen = new Seen();
      try (Warnings warnings = new Warnings(Lookout.class)) {
        resolver.watch("orders", seen);
        Eventually.holds("refused", () -> warnings.count() == 1);
      }
      assertThat(secure.questions()).isEmpty();
      Files.write(trusted, Files.readAllBytes(ours.authority()));
      seen.awaitHosts("10.0.0.1");
    }
  }

  @Test
  void podFindsTheServerInItsEnvironment() {
    KubernetesOptions options =
        KubernetesOptions.inCluster(
            "shop",
            Map.of("KUBERNETES_SERVICE_HOST", "fd00::1", "KUBERNETES_SERVICE_PORT", "6443"));
    assertThat(options.server()).hasToString("https://[fd00::1]:6443");
    assertThat(options.token()).isPresent();
    assertThatThrownBy(() -> KubernetesOptions.inCluster("", Map.of()))
        .hasMessageContaining("this is no pod");
  }

  private KubernetesOptions options() {
    return ((Cluster) origin).options(QUICK);
  }

  static JsonObject slice(String name, String ports, String endpoints) {
    return JsonParser.parseString(
            """
            {'metadata':{'name':'%s','labels':{'kubernetes.io/service-name':'orders'}},
             'addressType':'IPv4','ports':%s,'endpoints':%s}
            """
                .formatted(name, ports, endpoints))
        .getAsJsonObject();
  }

  private static final class Cluster implements Origin.Remote {
    private final KubernetesServer kubernetes;
    private final Front front;

    Cluster(KubernetesServer kubernetes) {
      this.kubernetes = kubernetes;
      this.front = new Front(kubernetes.port());
    }

    KubernetesOptions options(LookOptions looking) {
      return KubernetesOptions.at(front.uri(""), "shop").withLooking(looking);
    }

    @Override
    public Resolver open(LookOptions looking) {
      return KubernetesResolver.open(options(looking));
    }

    @Override
    public void become(String service, List<String> hosts) {
      String endpoints =
          hosts.stream().map(host -> "{'addresses':['" + host + "']}").toList().toString();
      JsonObject slice = slice(service + "-1", "[{'name':'grpc','port':8080}]", endpoints);
      slice
          .getAsJsonObject("metadata")
          .getAsJsonObject("labels")
          .addProperty("kubernetes.io/service-name", service);
      kubernetes.put(slice);
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
          "{\"items\":[]}",
          "{\"metadata\":{\"resourceVersion\":7},\"items\":[]}",
          "{\"metadata\":{\"resourceVersion\":\"7\"},\"items\":{}}",
          "{\"metadata\":{\"resourceVersion\":\"7\"},\"items\":[{\"metadata\":{\"name\":\"x\"},"
              + "\"ports\":[{\"port\":0}],\"endpoints\":[{}]}]}",
          "{\"type\":\"ADDED\",\"object\":{}}\n",
          "{\"type\":\"LOVED\",\"object\":{}}\n",
          "{\"type\":\"ERROR\",\"object\":{\"code\":500}}\n");
    }

    @Override
    public void close() {
      front.close();
      kubernetes.close();
    }
  }
}
