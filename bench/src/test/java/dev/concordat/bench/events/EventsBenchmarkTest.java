package dev.concordat.bench.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.cli.BenchArguments;
import dev.concordat.cli.Figure;
import dev.concordat.core.Failure;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// That the harness works, with two contestants in processes of their own; what it measures here
/// means nothing.
class EventsBenchmarkTest {
  private final StringWriter said = new StringWriter();

  @Test
  void measuresEventsAndQueuesOfProcessesOfTheirOwn() throws Exception {
    Map<String, Double> figures =
        run("--only=W1,W2", "--with=floor,concordat", "--rounds=1", "--seconds=1").stream()
            .collect(Collectors.toMap(Figure::name, Figure::value));

    assertThat(figures)
        .containsEntry("w1.concordat.lost", 0.0)
        .containsEntry("w1.concordat.duplicates", 0.0)
        .containsKeys(
            "w1.throughput_ratio_to_floor",
            "w1.p50_ms_at_500",
            "w1.p99_ms_at_500",
            "w1.concordat.cpu_ms");
    assertThat(figures.get("w1.concordat.per_s")).isPositive();
    assertThat(figures.get("w2.concordat.per_s")).isPositive();
    assertThat(said.toString()).contains("W1 round 1 of 1", "should be at most");
  }

  @Test
  void refusesAPartThatItDoesNotKnow() {
    assertThatThrownBy(() -> run("--only=W9"))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("W6");
  }

  @Test
  void refusesAContestantThatItDoesNotKnow() {
    assertThatThrownBy(() -> run("--with=carrier-pigeon"))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("jobrunr");
  }

  private List<Figure> run(String... options) throws Exception {
    return new EventsBenchmark()
        .run(new BenchArguments(Path.of("."), List.of(options), new PrintWriter(said)));
  }
}
