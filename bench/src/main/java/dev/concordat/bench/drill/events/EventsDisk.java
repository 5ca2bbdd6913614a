package dev.concordat.bench.drill.events;

import dev.concordat.bench.drill.Postgres;
import dev.concordat.cli.Drill;
import dev.concordat.cli.DrillArguments;
import dev.concordat.cli.Verdict;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// The disk on which the outbox is runs full, and has room again later. Needs the right to mount a
/// small file system in memory; says so where there is none.
public final class EventsDisk implements Drill {
  private static final int TIMES = 2;
  private static final Duration LEASE = Duration.ofSeconds(2);
  private static final Duration FULL = Duration.ofSeconds(8);
  private static final int BLOCK = 64 * 1024;

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
    Path disk = Files.createTempDirectory("concordat-disk");
    if (!run("mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", disk.toString())) {
      Files.delete(disk);
      return new Verdict(true, "skipped: a small file system cannot be mounted here", List.of());
    }
    try {
      return onto(arguments, disk);
    } finally {
      boolean _ = run("umount", "-l", disk.toString());
      Files.delete(disk);
    }
  }

  private Verdict onto(DrillArguments arguments, Path disk) throws IOException {
    int times = arguments.trouble().kills().orElse(TIMES);
    Flaw flaw = arguments.broken() ? Flaw.TOLD_BEFORE_COMMIT : Flaw.NONE;
    Path tables = Files.createDirectory(disk.resolve("tables"));
    try (EventsStage stage = EventsStage.open(arguments, LEASE, flaw)) {
      String url = stage.database().url();
      Tables.execute(Postgres.source(url), "create tablespace small location '" + tables + "'");
      Tables.execute(Postgres.source(url), "alter database till set tablespace small");
      stage.enter();
      for (int i = 1; i <= times; i++) {
        stage.goOn(LEASE.multipliedBy(2));
        Path ballast = disk.resolve("ballast");
        fill(ballast);
        stage.trouble("the disk of the till is full (" + i + " of " + times + ")");
        stage.goOn(FULL);
        Files.delete(ballast);
        stage.say("it has room again");
      }
      return stage.end().verdict(name(), times + " times the disk of the outbox was full");
    }
  }

  private static void fill(Path ballast) throws IOException {
    try (OutputStream out = Files.newOutputStream(ballast)) {
      byte[] block = new byte[BLOCK];
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      if (Files.size(ballast) == 0) {
        throw full;
      }
    }
  }

  private static boolean run(String... command) throws IOException {
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.of(Code.CANCELLED, "interrupted", e);
    }
  }
}
