package dev.concordat.calls.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiscoveryTest {
  @TempDir private Path folder;

  @Test
  void writtenDownAddressesAreThere() {
    Seen orders = new Seen();
    Seen stock = new Seen();
    try (Discovery discovery =
        open("static:orders=10.0.0.1:80,[fd00::1]:81;stock=shop.internal:82")) {
      discovery.resolver().watch("orders", orders);
      discovery.resolver().watch("stock", stock);
      assertThat(discovery.registrar()).isEmpty();
    }
    assertThat(orders.last())
        .isEqualTo(List.of(Endpoint.of("10.0.0.1", 80), Endpoint.of("fd00::1", 81)));
    assertThat(stock.last()).isEqualTo(List.of(Endpoint.of("shop.internal", 82)));
  }

  @Test
  void dnsIsAskedAtTheServerThatIsNamed() {
    try (DnsServer server = new DnsServer()) {
      server.become(
          60,
          DnsOrigin.a("orders.test.", 60, "10.0.0.1"),
          DnsOrigin.srv("_grpc._tcp.orders.test.", 60, 0, 0, "orders.test."));
      String at = "127.0.0.1:" + server.address().getPort();
      Seen host = new Seen();
      Seen srv = new Seen();
      try (Discovery hosts = open("dns://" + at + "/{service}.test?port=80");
          Discovery services = open("dns+srv://" + at + "/_grpc._tcp.{service}.test")) {
        hosts.resolver().watch("orders", host);
        services.resolver().watch("orders", srv);
        host.awaitHosts("10.0.0.1");
        srv.awaitHosts("10.0.0.1");
        assertThat(host.last().getFirst().port()).isEqualTo(80);
        assertThat(srv.last().getFirst().port()).isEqualTo(Origin.PORT);
        assertThat(hosts.registrar()).isEmpty();
      }
    }
  }

  @Test
  void consulKeepsWhatOneRegistersAndItsTokenStandsInAFile() throws IOException {
    Path token = Files.writeString(folder.resolve("token"), "secret\n");
    try (ConsulServer consul = new ConsulServer()) {
      consul.require("secret");
      Seen seen = new Seen();
      try (Discovery discovery =
          open("consul://127.0.0.1:" + consul.port() + "?dc=eu&tag=blue&token-file=" + token)) {
        discovery.registrar().orElseThrow().register("orders", Endpoint.of("10.0.0.1", 80));
        discovery.resolver().watch("orders", seen);
        seen.awaitHosts("10.0.0.1");
        assertThat(consul.questions()).anyMatch(each -> each.contains("dc=eu&tag=blue"));
      }
      assertThat(consul.entries()).isEmpty();
    }
  }

  @Test
  void eurekaKeepsWhatOneRegisters() {
    try (Discovery discovery = open("eureka://127.0.0.1:" + EurekaServer.port())) {
      Seen seen = new Seen();
      discovery.registrar().orElseThrow().register("by-line", Endpoint.of("10.0.0.1", 80));
      discovery.resolver().watch("by-line", seen);
      seen.awaitHosts("10.0.0.1");
    }
  }

  @Test
  void kubernetesIsAskedForOneNamespace() {
    try (KubernetesServer kubernetes = new KubernetesServer(Optional.empty())) {
      kubernetes.put(
          KubernetesResolverTest.slice(
              "a",
              "[{'name':'x','port':80},{'name':'y','port':81}]",
              "[{'addresses':['10.0.0.1']}]"));
      Seen seen = new Seen();
      String server = "http://127.0.0.1:" + kubernetes.port();
      try (Discovery discovery = open("kubernetes://shop?port=y&server=" + server)) {
        discovery.resolver().watch("orders", seen);
        seen.awaitHosts("10.0.0.1");
        assertThat(seen.last().getFirst().port()).isEqualTo(81);
        assertThat(discovery.registrar()).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | begins with none of",
        "zookeeper://x | begins with none of postgres, static, dns",
        "postgres://host | write postgres and no more",
        "static:orders | an entry is service=host:port",
        "static:orders=10.0.0.1 | an instance is host:port",
        "static:orders=10.0.0.1:http | a port is a number",
        "dns:///orders.internal?port=80 | no {service}",
        "dns:///{service}.internal | a port is a number",
        "dns:///{service}.internal?port=0 | a port is a number",
        "dns+srv:///{service}?port=80 | knows the options [], not [port]",
        "consul: | it does not say where",
        "consul://a b | a server is host or host:port",
        "consul://user:secret@host | passwords stand in files",
        "consul://host?token=x | not [token]",
        "consul://host?dc | an option is name=value",
        "consul://host?token-file=/no/such | cannot be read",
        "eureka://host?secure=maybe | secure is true or false",
        "kubernetes://a,b | one namespace",
        "kubernetes://shop?server=example | a server is https",
        "kubernetes://shop | this is no pod"
      })
  void nonsenseSaysWhatIsWrong(String line, String message) {
    assertThatThrownBy(() -> open(line))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> assertThat(failure.code()).isEqualTo(Code.FAILED_PRECONDITION))
        .hasMessageContaining(message)
        .hasMessageNotContaining("secret");
  }

  private static Discovery open(String line) {
    return Discovery.of(
        line,
        () -> {
          throw new AssertionError("nobody asked for the registry");
        });
  }
}
