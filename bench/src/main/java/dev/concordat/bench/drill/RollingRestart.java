package dev.concordat.bench.drill;

import dev.concordat.cli.Drill;
import dev.concordat.cli.DrillArguments;
import dev.concordat.cli.Verdict;
import dev.concordat.core.Clock;
import dev.concordat.core.Deadline;
import java.io.IOException;
import java.time.Duration;

/// Every instance is replaced while it is being called, over and over: SIGTERM, drain, a new
/// process on another port.
public final class RollingRestart implements Drill {
  private static final Duration LENGTH = Duration.ofSeconds(30);
  private static final Duration BETWEEN = Duration.ofSeconds(1);

  @Override
  public String name() {
    return "rolling-restart";
  }

  @Override
  public String description() {
    return "instances are replaced one after the other under load: no call fails";
  }

  @Override
  public String broken() {
    return "they are killed instead of drained, and lose what they work on";
  }

  @Override
  public Verdict run(DrillArguments arguments) throws IOException {
    int replaced = 0;
    try (Stage stage = Stage.open(arguments)) {
      Deadline over = Deadline.after(arguments.length().orElse(LENGTH), Clock.SYSTEM);
      stage.goOn(BETWEEN);
      do {
        stage.replaceOldest(arguments.broken());
        replaced++;
        stage.goOn(BETWEEN);
      } while (!over.expired() || replaced < arguments.instances());
      return stage.end(name(), replaced + " instances replaced");
    }
  }
}
