package dev.concordat.bench.drill.events;

import dev.concordat.cli.Drill;
import dev.concordat.cli.DrillArguments;
import dev.concordat.cli.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// The clocks of the processes jump by an hour, forward and back, each as it likes.
public final class EventsClock implements Drill {
  private static final int TIMES = 20;
  private static final Duration LEASE = Duration.ofSeconds(2);
  private static final List<Duration> JUMPS =
      List.of(Duration.ofHours(1), Duration.ofHours(-1), Duration.ZERO);

  @Override
  public String name() {
    return "events-clock";
  }

  @Override
  public String description() {
    return "the processes' clocks jump by an hour, forward and back, twenty times";
  }

  @Override
  public String broken() {
    return Flaw.RETRY_LETS_KEY_GO_ON.mistake();
  }

  @Override
  public Verdict run(DrillArguments arguments) throws IOException {
    int times = arguments.trouble().kills().orElse(TIMES);
    Flaw flaw = arguments.broken() ? Flaw.RETRY_LETS_KEY_GO_ON : Flaw.NONE;
    try (EventsStage stage = EventsStage.open(arguments, LEASE, flaw).enter()) {
      for (int i = 1; i <= times; i++) {
        stage.goOn(LEASE.dividedBy(2));
        for (Cast.Member member : stage.any(3)) {
          Duration jump = JUMPS.get(stage.random().nextInt(JUMPS.size()));
          stage.cast().shift(member, jump);
          stage.trouble(member + " has a clock that is off by " + jump);
        }
      }
      return stage.end().verdict(name(), 3 * times + " jumps of a clock");
    }
  }
}
