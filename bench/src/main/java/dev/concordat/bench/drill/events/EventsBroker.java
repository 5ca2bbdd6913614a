package dev.concordat.bench.drill.events;

import dev.concordat.cli.Drill;
import dev.concordat.cli.DrillArguments;
import dev.concordat.cli.Verdict;
import java.io.IOException;
import java.time.Duration;

/// Kafka is killed under load and comes back on the same port with what it has written down.
public final class EventsBroker implements Drill {
  private static final int TIMES = 5;
  private static final Duration LEASE = Duration.ofSeconds(2);
  private static final Duration AWAY = Duration.ofSeconds(4);

  @Override
  public String name() {
    return "events-broker";
  }

  @Override
  public String description() {
    return "kill -9 of Kafka under load, five times; it comes back (with --kafka only)";
  }

  @Override
  public String broken() {
    return Flaw.TOLD_AFTER_COMMIT.mistake();
  }

  @Override
  public Verdict run(DrillArguments arguments) throws IOException {
    if (!arguments.trouble().kafka()) {
      throw new IllegalArgumentException(
          "the log in PostgreSQL has no broker to kill: say --kafka, or run events-database");
    }
    int times = arguments.trouble().kills().orElse(TIMES);
    Flaw flaw = arguments.broken() ? Flaw.TOLD_AFTER_COMMIT : Flaw.NONE;
    try (EventsStage stage = EventsStage.open(arguments, LEASE, flaw).enter()) {
      for (int i = 1; i <= times; i++) {
        stage.goOn(LEASE.multipliedBy(3));
        stage.trouble("Kafka is killed (" + i + " of " + times + ")");
        stage.kafka().kill();
        stage.goOn(AWAY);
        stage.kafka().start();
        stage.say("Kafka is back");
      }
      stage.goOn(LEASE.multipliedBy(2));
      return stage.end().verdict(name(), times + " times Kafka was killed");
    }
  }
}
