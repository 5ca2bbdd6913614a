package dev.concordat.bench.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SimulationTest {
  private static final Path COMMITTED = Path.of("simulation.md");

  /// One run for all that look at its results.
  private static final Simulation SIMULATION = new Simulation(Simulation.SEED, Scenario.ALL);

  private static final Map<Scenario, List<Result>> PLAYED = SIMULATION.play();

  @Test
  void committedReportSaysWhatTheCodeDoes() throws IOException {
    String page = SIMULATION.page(PLAYED);
    Path actual = Path.of("target", "simulation.md");
    Files.writeString(actual, page);
    assertThat(page)
        .as(
            "behaviour has changed: compare bench/%s with bench/%s, and if it is meant, run"
                + " ./concordat bench simulation --report bench/simulation.md",
            COMMITTED, actual)
        .isEqualTo(Files.readString(COMMITTED));
  }

  @Test
  void sameSeedGivesTheSameBytes() {
    Simulation one = new Simulation(7, List.of(new BlackHole()));
    assertThat(one.page(one.play())).isEqualTo(one.page(one.play()));
    Simulation other = new Simulation(8, List.of(new BlackHole()));
    assertThat(other.page(other.play()).replace("(seed 8)", "(seed 7)"))
        .isNotEqualTo(one.page(one.play()));
  }

  @Test
  void slowInstanceDoesNotShowInTheTail() {
    assertThat(figure("sim.slow_endpoint.p99_ratio")).isLessThanOrEqualTo(1.3);
  }

  @Test
  void fourHopsAboveAFailingLeafAddAFifthAtMost() {
    assertThat(figure("sim.leaf_outage.load")).isLessThanOrEqualTo(1.2);
  }

  @Test
  void threeTimesTooMuchLeavesTheGoodputAndSparesWhatIsImportant() {
    assertThat(figure("sim.overload.goodput")).isGreaterThanOrEqualTo(0.9);
    assertThat(figure("sim.overload.high_failed")).isLessThan(0.02);
  }

  @Test
  void restartsAndALostRegistryFailNoCall() {
    assertThat(figure("sim.rolling_restart.failed_calls")).isZero();
    assertThat(figure("sim.registry_outage.failed_calls")).isZero();
  }

  private static double figure(String name) {
    return Simulation.figures(PLAYED).stream()
        .filter(figure -> figure.name().equals(name))
        .findFirst()
        .orElseThrow()
        .value();
  }
}
