package dev.concordat.bench.drill.events;

import dev.concordat.bench.drill.Postgres;
import dev.concordat.cli.Drill;
import dev.concordat.cli.DrillArguments;
import dev.concordat.cli.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The disk on which the outbox is runs full, and has room again later. Needs the right to mount a
/// small file system in memory; says so where there is none.
public final class EventsDisk implements Drill {
  private static final int TIMES = 2;
  private static final Duration LEASE = Duration.ofSeconds(2);
  private static final Duration FULL = Duration.ofSeconds(8);

  @Override
  public String name() {
    return "events-disk";
  }

  @Override
  public String description() {
    return "the disk of the outbox runs full under load, and has room again later";
  }

  @Override
  public String broken() {
    return Flaw.TOLD_BEFORE_COMMIT.mistake();
  }

  @Override
  public Verdict run(DrillArguments arguments) throws IOException {
    Optional<SmallDisk> disk = SmallDisk.mount();
    if (disk.isEmpty()) {
      return new Verdict(true, "skipped: a small file system cannot be mounted here", List.of());
    }
    try (SmallDisk small = disk.get()) {
      return onto(arguments, small);
    }
  }

  private Verdict onto(DrillArguments arguments, SmallDisk disk) throws IOException {
    int times = arguments.trouble().kills().orElse(TIMES);
    Flaw flaw = arguments.broken() ? Flaw.TOLD_BEFORE_COMMIT : Flaw.NONE;
    Path tables = Files.createDirectory(disk.folder().resolve("tables"));
    try (EventsStage stage = EventsStage.open(arguments, LEASE, flaw)) {
      String url = stage.database().url();
      Tables.execute(Postgres.source(url), "create tablespace small location '" + tables + "'");
      Tables.execute(Postgres.source(url), "alter database till set tablespace small");
      stage.enter();
      for (int i = 1; i <= times; i++) {
        stage.goOn(LEASE.multipliedBy(2));
        Path ballast = disk.fill();
        stage.trouble("the disk of the till is full (" + i + " of " + times + ")");
        stage.goOn(FULL);
        Files.delete(ballast);
        stage.say("it has room again");
      }
      return stage.end().verdict(name(), times + " times the disk of the outbox was full");
    }
  }
}
