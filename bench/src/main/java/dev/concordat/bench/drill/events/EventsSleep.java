package dev.concordat.bench.drill.events;

import dev.concordat.cli.Drill;
import dev.concordat.cli.DrillArguments;
import dev.concordat.cli.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Processes fall silent for longer than every lease, and then go on as if nothing had happened.
public final class EventsSleep implements Drill {
  private static final int TIMES = 10;
  private static final List<Role> IN_TURN = List.of(Role.values());
  private static final Duration LEASE = Duration.ofSeconds(2);

  /// Longer than the tasks' lease of 3 s too.
  private static final Duration SILENCE = Duration.ofSeconds(7);

  @Override
  public String name() {
    return "events-sleep";
  }

  @Override
  public String description() {
    return "SIGSTOP of two processes, every role in turn, for longer than every lease, then"
        + " SIGCONT";
  }

  @Override
  public String broken() {
    return Flaw.ACK_BESIDE_EFFECT.mistake();
  }

  @Override
  public Verdict run(DrillArguments arguments) throws IOException {
    int times = arguments.trouble().kills().orElse(TIMES);
    Flaw flaw = arguments.broken() ? Flaw.ACK_BESIDE_EFFECT : Flaw.NONE;
    try (EventsStage stage = EventsStage.open(arguments, LEASE, flaw).enter()) {
      for (int i = 1; i <= times; i++) {
        stage.goOn(LEASE);
        List<Cast.Member> sleepers = sleepers(stage, i);
        stage.trouble(sleepers + " fall silent (" + i + " of " + times + ")");
        sleepers.forEach(sleeper -> sleeper.process().signal("STOP"));
        stage.goOn(SILENCE);
        sleepers.forEach(sleeper -> sleeper.process().signal("CONT"));
      }
      return stage.end().verdict(name(), 2 * times + " times a process was silent for 7 s");
    }
  }

  /// One of each role in turn, and anybody else.
  private static List<Cast.Member> sleepers(EventsStage stage, int time) {
    Role role = IN_TURN.get(time % IN_TURN.size());
    List<Cast.Member> sleepers = new ArrayList<>();
    sleepers.add(stage.any(stage.cast().of(role), 1).getFirst());
    List<Cast.Member> others = new ArrayList<>(stage.cast().members());
    others.removeAll(sleepers);
    sleepers.addAll(stage.any(others, 1));
    return sleepers;
  }
}
