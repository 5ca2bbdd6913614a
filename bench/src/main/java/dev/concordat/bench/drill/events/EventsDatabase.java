package dev.concordat.bench.drill.events;

import dev.concordat.bench.drill.Postgres;
import dev.concordat.cli.Drill;
import dev.concordat.cli.DrillArguments;
import dev.concordat.cli.Verdict;
import java.io.IOException;
import java.time.Duration;

/// PostgreSQL goes away with all its connections and comes back; after that, connections are broken
/// one after the other.
public final class EventsDatabase implements Drill {
  private static final int TIMES = 3;
  private static final int TERMINATIONS = 150;
  private static final Duration LEASE = Duration.ofSeconds(2);
  private static final Duration AWAY = Duration.ofSeconds(3);
  private static final Duration BETWEEN = Duration.ofMillis(100);

  private static final String TERMINATE =
      """
      select pg_terminate_backend(pid) from pg_stat_activity
      where backend_type = 'client backend' and pid <> pg_backend_pid()
      order by random() limit 1
      """;

  @Override
  public String name() {
    return "events-database";
  }

  @Override
  public String description() {
    return "PostgreSQL restarts under load, then a stream of pg_terminate_backend";
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
        stage.trouble("PostgreSQL goes away (" + i + " of " + times + ")");
        stage.database().vanish();
        stage.goOn(AWAY);
        stage.database().comeBack();
      }
      stage.goOn(LEASE.multipliedBy(2));
      stage.trouble(TERMINATIONS + " connections are broken, one after the other");
      for (int i = 0; i < TERMINATIONS; i++) {
        Tables.execute(Postgres.source(stage.database().url()), TERMINATE);
        stage.goOn(BETWEEN);
      }
      return stage
          .end()
          .verdict(name(), "%d restarts and %d broken connections".formatted(times, TERMINATIONS));
    }
  }
}
