package dev.concordat.bench.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.cli.DrillArguments;
import dev.concordat.cli.Verdict;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DrillTest {
  private final StringWriter out = new StringWriter();

  @Test
  void everyInstanceIsReplacedUnderLoadAndNoCallFails() throws Exception {
    Verdict verdict =
        new RollingRestart()
            .run(
                new DrillArguments(
                    Optional.of(Duration.ZERO),
                    2,
                    20,
                    false,
                    DrillArguments.Trouble.DEFAULT,
                    new PrintWriter(out, true)));
    assertThat(verdict.passed()).as(verdict + "\n" + out).isTrue();
    assertThat(out.toString()).contains("drained");
  }

  @Test
  void numbersOfTheLoadAreRead() {
    LoadReport report = new LoadReport();
    List.of("ready", "calls 120 failed 1", "over calls 240 failed 2 slowest 31", "2× Look CODE")
        .forEach(report::line);
    assertThat(report.over()).isTrue();
    assertThat(report.calls()).isEqualTo(240);
    assertThat(report.failed()).isEqualTo(2);
    assertThat(report.slowest()).isEqualTo(31);
    assertThat(report.failures()).containsExactly("2× Look CODE");
  }
}
