package dev.concordat.bench.drill.events;

import dev.concordat.cli.Drill;
import dev.concordat.cli.DrillArguments;
import dev.concordat.cli.Figure;
import dev.concordat.cli.Verdict;
import dev.concordat.core.Clock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// One instance of each, two more of each, and back to one, under load.
public final class EventsRolling implements Drill {
  private static final Duration LENGTH = Duration.ofSeconds(30);
  private static final Duration LEASE = Duration.ofSeconds(6);

  /// What two processors can do while JVMs start on them, fourteen at the end, and Kafka beside.
  private static final int RATE = 60;

  private static final List<Role> ALL =
      List.of(Role.SEQUENCER, Role.CONSUMER, Role.WORKER, Role.RUNNER);
  private static final List<Role> PUBLISHERS = List.of(Role.PUBLISHER, Role.PUBLISHER);

  @Override
  public String name() {
    return "events-rolling";
  }

  @Override
  public String description() {
    return "from one instance of each to three and back: no message waits longer than a lease";
  }

  @Override
  public String broken() {
    return "those who go are killed: what they held waits for its lease";
  }

  @Override
  public int rate() {
    return RATE;
  }

  @Override
  public Verdict run(DrillArguments arguments) throws IOException {
    Duration step = arguments.length().orElse(LENGTH).dividedBy(6);
    try (EventsStage stage = EventsStage.open(arguments, LEASE, Flaw.NONE)) {
      stage.starting(ALL.size() + PUBLISHERS.size());
      stage.cast().enter(ALL);
      stage.cast().enter(PUBLISHERS);
      stage.goOn(step);
      Instant quiet = Clock.SYSTEM.now();
      stage.goOn(step);
      Instant begin = Clock.SYSTEM.now();
      for (int i = 0; i < 2; i++) {
        stage.goOn(step);
        stage.trouble("one more of each");
        stage.cast().enter(ALL);
      }
      for (int i = 0; i < 2; i++) {
        for (Role role : ALL) {
          stage.goOn(step.dividedBy(2));
          Cast.Member oldest = stage.cast().of(role).getFirst();
          stage.trouble(oldest + " goes");
          if (arguments.broken()) {
            stage.cast().kill(oldest);
          } else {
            boolean _ = stage.cast().leave(oldest);
          }
        }
      }
      stage.goOn(step);
      EventsStage.Outcome outcome = stage.end();
      return verdict(outcome, outcome.waits().longest(quiet, begin));
    }
  }

  /// @param noise the longest wait while nobody came or went, which is the machine's: a busy one
  ///   must not be taken for a lease that had to run out
  private Verdict verdict(EventsStage.Outcome outcome, double noise) {
    Verdict kept = outcome.verdict(name(), "from one instance of each to three and back");
    double longest = outcome.waits().longest();
    boolean quick = longest <= LEASE.toMillis() + noise;
    List<Figure> figures = new ArrayList<>(kept.figures());
    figures.add(new Figure("drill.events_rolling.longest_wait_ms", longest, "ms"));
    figures.add(new Figure("drill.events_rolling.longest_wait_before_ms", noise, "ms"));
    return new Verdict(
        kept.passed() && quick,
        kept.sentence()
            + String.format(
                Locale.ROOT,
                "; a lease is %.1f s, and the longest wait while nobody came or went was %.1f s",
                LEASE.toMillis() / 1000.0,
                noise / 1000),
        figures);
  }
}
