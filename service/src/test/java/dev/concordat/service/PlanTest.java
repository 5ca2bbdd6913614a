package dev.concordat.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanTest {
  private final List<String> history = Collections.synchronizedList(new ArrayList<>());

  @Test
  void partsHaveNamesOfTheirOwn() {
    Plan plan = Plan.named("shop").service("stock", this::part);
    assertThatThrownBy(() -> plan.edge("stock", this::part)).hasMessageContaining("same name");
    assertThatThrownBy(() -> plan.edge("The Edge", this::part)).hasMessageContaining("The Edge");
  }

  @Test
  void foreignPartsStartFirstAndTheEdgeStopsFirst() {
    Plan plan =
        Plan.named("shop")
            .edge("edge", this::part)
            .service("stock", this::part)
            .foreign("bank", this::part);
    OneJvm system = OneJvm.start(plan, site(), Progress.NONE);
    assertThat(system.addresses()).containsOnlyKeys("edge", "stock", "bank");
    system.stop(Duration.ofSeconds(1));
    system.stop(Duration.ofSeconds(1));
    assertThat(history).containsExactly("+bank", "+stock", "+edge", "-edge", "-stock", "-bank");
  }

  @Test
  void partsThatDidStartAreStoppedWhenOneDoesNot() {
    Plan plan =
        Plan.named("shop")
            .foreign("bank", this::part)
            .service(
                "stock",
                environment -> {
                  throw new IllegalStateException("no goods");
                });
    assertThatThrownBy(() -> OneJvm.start(plan, site(), Progress.NONE))
        .hasMessageContaining("stock did not start")
        .hasMessageContaining("no goods");
    assertThat(history).containsExactly("+bank", "-bank");
  }

  @Test
  void foreignAddressesAreTold() {
    Plan plan =
        Plan.named("shop")
            .foreign("bank", this::part)
            .service(
                "stock",
                environment -> {
                  history.add(environment.address("bank"));
                  return part(environment);
                });
    OneJvm.start(plan, site(), Progress.NONE).close();
    assertThat(history).contains("127.0.0.1:4711");
  }

  private static Site site() {
    return new Site(0, TestDatabases.server(), Path.of("target"));
  }

  private Running part(Environment environment) {
    history.add("+" + environment.name());
    return new Running() {
      @Override
      public int port() {
        return 4711;
      }

      @Override
      public void stop(Duration grace) {
        history.add("-" + environment.name());
      }
    };
  }
}
