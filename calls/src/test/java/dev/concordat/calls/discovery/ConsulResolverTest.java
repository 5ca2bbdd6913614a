package dev.concordat.calls.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.calls.Eventually;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ConsulResolverTest extends RemoteResolverConformance {
  private final ConsulServer consul = new ConsulServer();

  @Override
  Origin.Remote origin() {
    return new Agent(consul);
  }

  @Test
  void zoneAndWeightAreKnown() {
    ConsulRegistrar registrar = registrar();
    registrar.register(
        "orders", new Endpoint("10.0.0.1", 80, Map.of("zone", "a", "weight", "3", "x", "y")));
    origin.become("stock", List.of("10.0.0.2"));
    Seen orders = watch("orders");
    orders.awaitHosts("10.0.0.1");
    assertThat(orders.last().getFirst().attributes())
        .isEqualTo(Map.of(Endpoint.ZONE, "a", Endpoint.WEIGHT, "3", "x", "y"));
    Seen stock = watch("stock");
    stock.awaitHosts("10.0.0.2");
    assertThat(stock.last().getFirst().attributes())
        .isEqualTo(Map.of(Endpoint.ZONE, "of-the-node"));
  }

  @Test
  void changeIsWaitedForFromTheLastIndexOn() {
    origin.become("orders", List.of("10.0.0.1"));
    Seen seen = watch("orders");
    seen.awaitHosts("10.0.0.1");
    Eventually.holds(
        "waits",
        () -> consul.questions().stream().anyMatch(each -> each.contains("&index=2&wait=30000ms")));
    origin.become("orders", List.of("10.0.0.2"));
    seen.awaitHosts("10.0.0.2");
    // Two answers came at once and one that was waited for: polling would have asked more often.
    Eventually.holds("waits again", () -> consul.questions().size() == 3);
    assertThat(consul.questions()).last().asString().contains("index=3");
  }

  @Test
  void indexThatGoesBackwardsBeginsAnew() {
    origin.become("orders", List.of("10.0.0.1"));
    ConsulResolver resolver =
        ConsulResolver.open(((Agent) origin).options(QUICK).withBlock(Duration.ofMillis(50)));
    closing(resolver);
    Seen seen = new Seen();
    resolver.watch("orders", seen);
    seen.awaitHosts("10.0.0.1");
    Eventually.holds(
        "waits", () -> consul.questions().stream().anyMatch(each -> each.contains("index=2")));
    consul.questions().clear();
    consul.forget();
    seen.awaitHosts();
    Eventually.holds(
        "begun anew", () -> consul.questions().stream().anyMatch(each -> !each.contains("index=")));
    origin.become("orders", List.of("10.0.0.3"));
    seen.awaitHosts("10.0.0.3");
  }

  @Test
  void tokenIsAskedForBeforeEachQuestion() {
    AtomicReference<String> token = new AtomicReference<>("old");
    consul.require("new");
    origin.become("orders", List.of("10.0.0.1"));
    ConsulResolver resolver =
        ConsulResolver.open(
            ((Agent) origin).options(QUICK).withToken(token::get).withFilter("dc=eu"));
    closing(resolver);
    Seen seen = new Seen();
    resolver.watch("orders", seen);
    Eventually.holds("refused", () -> consul.questions().size() > 1);
    token.set("new");
    seen.awaitHosts("10.0.0.1");
    assertThat(consul.questions()).allMatch(each -> each.contains("dc=eu"));
  }

  @Test
  void whatATokenMayNotSeeIsNotTakenForNobody() {
    origin.become("orders", List.of("10.0.0.1"));
    Seen seen = watch("orders");
    seen.awaitHosts("10.0.0.1");
    long asked = origin.asked();
    consul.hide();
    Eventually.holds("asked in vain", () -> origin.asked() > asked + 3);
    assertThat(seen.times()).isEqualTo(1);
  }

  @Test
  void registeredInstanceIsRenewedAndTakenAwayAtItsEnd() {
    ConsulRegistrar registrar = registrar();
    Seen seen = watch("orders");
    var registration = registrar.register("orders", Endpoint.of("10.0.0.1", 80));
    seen.awaitHosts("10.0.0.1");
    Eventually.holds(
        "renewed",
        () ->
            consul.questions().stream().anyMatch(each -> each.startsWith("/v1/agent/check/pass")));
    registration.close();
    seen.awaitHosts();
  }

  @Test
  void instanceThatTheAgentForgotIsRegisteredAgain() {
    ConsulRegistrar registrar = registrar();
    registrar.register("orders", Endpoint.of("10.0.0.1", 80));
    consul.forget();
    Seen seen = watch("orders");
    seen.awaitHosts("10.0.0.1");
  }

  @Test
  void restartedInstanceIsNotTakenAwayByItsPredecessor() {
    ConsulRegistrar registrar = registrar();
    var before = registrar.register("orders", Endpoint.of("10.0.0.1", 80));
    registrar.register("orders", Endpoint.of("10.0.0.1", 80));
    before.close();
    assertThat(consul.entries()).hasSize(1);
  }

  @Test
  void consulThatCannotBeReachedFailsTheRegistration() {
    origin.suffer(Origin.Plague.DOWN);
    ConsulRegistrar registrar = registrar();
    assertThatThrownBy(() -> registrar.register("orders", Endpoint.of("10.0.0.1", 80)))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE));
  }

  private ConsulRegistrar registrar() {
    ConsulRegistrar registrar =
        ConsulRegistrar.open(((Agent) origin).options(QUICK).withCheck(Duration.ofMillis(150)));
    closing(registrar);
    return registrar;
  }

  private static final class Agent implements Origin.Remote {
    private final ConsulServer consul;
    private final Front front;

    Agent(ConsulServer consul) {
      this.consul = consul;
      this.front = new Front(consul.port());
    }

    ConsulOptions options(LookOptions looking) {
      return ConsulOptions.at(front.uri("")).withBlock(Duration.ofSeconds(30)).withLooking(looking);
    }

    @Override
    public Resolver open(LookOptions looking) {
      return ConsulResolver.open(options(looking));
    }

    @Override
    public void become(String service, List<String> hosts) {
      consul.become(service, hosts);
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
          "[{}]",
          "[{\"Node\":{},\"Service\":[]}]",
          "[{\"Node\":{},\"Service\":{\"Address\":\"h\",\"Port\":\"http\"}}]",
          "[{\"Node\":{},\"Service\":{\"Address\":{},\"Port\":1}}]",
          "[{\"Node\":{\"Meta\":[]},\"Service\":{\"Address\":\"h\",\"Port\":1}}]");
    }

    @Override
    public void close() {
      front.close();
      consul.close();
    }
  }
}
