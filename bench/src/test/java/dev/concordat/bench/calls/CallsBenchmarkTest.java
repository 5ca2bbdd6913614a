package dev.concordat.bench.calls;

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

/// That the harness works, in two processes; what it measures here means nothing.
class CallsBenchmarkTest {
  private final StringWriter said = new StringWriter();

  @Test
  void measuresCallsAndStreamsOfProcessesOfTheirOwn() throws Exception {
    Map<String, Double> figures =
        run(
                "--only=concordat",
                "--rounds=1",
                "--seconds=1",
                "--warm-up=0",
                "--rate=50",
                "--messages=1000",
                "--stalled=2")
            .stream()
            .collect(Collectors.toMap(Figure::name, Figure::value));

    assertThat(figures)
        .containsEntry("unary.concordat.failed", 0.0)
        .containsEntry("unary.concordat.at_rate.failed", 0.0)
        .containsEntry("stalled.concordat.sent_later", 0.0)
        .containsKeys("unary.concordat.at_rate.p999_ms", "stream.concordat.messages_per_s");
    assertThat(figures.get("unary.concordat.calls_per_s")).isPositive();
    assertThat(said.toString()).contains("round 1 of 1");
  }

  @Test
  void refusesAnOptionThatItDoesNotKnow() {
    assertThatThrownBy(() -> run("--fast"))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("--fast");
  }

  @Test
  void refusesAContenderThatItDoesNotKnow() {
    assertThatThrownBy(() -> run("--only=carrier-pigeon"))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("carrier-pigeon");
  }

  private List<Figure> run(String... options) throws Exception {
    return new CallsBenchmark()
        .run(new BenchArguments(Path.of("."), List.of(options), new PrintWriter(said)));
  }
}
