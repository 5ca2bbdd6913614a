package dev.concordat.bench.drill.events;

import dev.concordat.cli.Drill;
import dev.concordat.cli.DrillArguments;
import dev.concordat.cli.Verdict;
import java.io.IOException;
import java.time.Duration;

/// Somebody in the process takes all connections of its pool and keeps them for longer than others
/// are willing to wait.
public final class EventsPool implements Drill {
  private static final int TIMES = 6;
  private static final Duration LEASE = Duration.ofSeconds(2);
  private static final Duration KEPT = Duration.ofSeconds(8);

  @Override
  public String name() {
    return "events-pool";
  }

  @Override
  public String description() {
    return "all connections of two processes' pools are taken for 8 s, six times";
  }

  @Override
  public String broken() {
    return Flaw.CURSOR_BEFORE_EFFECT.mistake();
  }

  @Override
  public Verdict run(DrillArguments arguments) throws IOException {
    int times = arguments.trouble().kills().orElse(TIMES);
    Flaw flaw = arguments.broken() ? Flaw.CURSOR_BEFORE_EFFECT : Flaw.NONE;
    try (EventsStage stage = EventsStage.open(arguments, LEASE, flaw).enter()) {
      for (int i = 1; i <= times; i++) {
        stage.goOn(LEASE.multipliedBy(2));
        for (Cast.Member member : stage.any(2)) {
          member.process().tell("exhaust " + KEPT);
          stage.trouble("the pool of " + member + " is exhausted");
        }
        stage.goOn(KEPT);
      }
      return stage.end().verdict(name(), 2 * times + " exhausted pools");
    }
  }
}
