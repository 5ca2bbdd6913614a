package dev.concordat.bench.drill.events;

import dev.concordat.cli.Drill;
import dev.concordat.cli.DrillArguments;
import dev.concordat.cli.Verdict;
import dev.concordat.core.Fanout;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/// Publishers, sequencers, consumers, workers and saga runners are killed at random, over and over,
/// one to three at a time, and others come in their place.
public final class EventsKill implements Drill {
  private static final int KILLS = 100;
  private static final int AT_ONCE = 3;
  private static final Duration LEASE = Duration.ofSeconds(2);
  private static final Duration BEFORE = Duration.ofSeconds(2);
  private static final int LONGEST_BETWEEN_MS = 2_000;

  @Override
  public String name() {
    return "events-kill";
  }

  @Override
  public String description() {
    return "kill -9 of publishers, sequencers, consumers, workers, saga runners under load";
  }

  @Override
  public String broken() {
    return Flaw.EFFECT_BEFORE_MARK.mistake();
  }

  @Override
  public Verdict run(DrillArguments arguments) throws IOException {
    int kills = arguments.trouble().kills().orElse(KILLS);
    Flaw flaw = arguments.broken() ? Flaw.EFFECT_BEFORE_MARK : Flaw.NONE;
    try (EventsStage stage = EventsStage.open(arguments, LEASE, flaw).enter()) {
      stage.goOn(BEFORE);
      int killed = 0;
      while (killed < kills) {
        int count = Math.min(kills - killed, 1 + stage.random().nextInt(AT_ONCE));
        List<Cast.Member> victims = stage.any(count);
        victims.forEach(stage.cast()::kill);
        killed += victims.size();
        stage.trouble(
            victims.stream().map(Cast.Member::toString).collect(Collectors.joining(", "))
                + " killed ("
                + killed
                + " of "
                + kills
                + ")");
        Fanout.each(victims, victim -> stage.cast().enter(victim.role()));
        stage.goOn(Duration.ofMillis(stage.random().nextInt(LONGEST_BETWEEN_MS)));
      }
      return stage.end().verdict(name(), killed + " processes killed");
    }
  }
}
