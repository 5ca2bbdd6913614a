package dev.concordat.bench.drill;

import dev.concordat.cli.DrillArguments;
import dev.concordat.cli.Figure;
import dev.concordat.cli.Verdict;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Fanout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Where a drill takes place: a database with the registry, processes that serve, and one that
/// calls them all the time. Everything ends with it.
///
/// Threads: one.
final class Stage implements AutoCloseable {
  private final DrillArguments arguments;
  private final Path folder;
  private final Postgres database;
  private final Deque<OwnProcess> servers = new ArrayDeque<>();
  private final LoadReport load = new LoadReport();
  private final OwnProcess caller;
  private boolean failed;

  private Stage(DrillArguments arguments, Path folder, Postgres database) {
    this.arguments = arguments;
    this.folder = folder;
    this.database = database;
    servers.addAll(
        Fanout.each(
            IntStream.range(0, arguments.instances()).boxed().toList(), number -> server()));
    this.caller =
        OwnProcess.start(
            CallingProcess.class,
            folder.resolve("caller.log"),
            load::line,
            List.of(database.url(), Integer.toString(arguments.rate())));
  }

  /// Starts everything and returns once it is being called.
  static Stage open(DrillArguments arguments) throws IOException {
    Path folder = Files.createTempDirectory("concordat-drill");
    arguments.say(
        "starting %d instances and %d calls a second …"
            .formatted(arguments.instances(), arguments.rate()));
    Postgres database = new Postgres(folder);
    try {
      return new Stage(arguments, folder, database);
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  Postgres database() {
    return database;
  }

  /// The one that has been there longest ends, and a new one takes its place.
  ///
  /// @param killed with SIGKILL instead of SIGTERM
  void replaceOldest(boolean killed) {
    OwnProcess old = servers.remove();
    if (killed) {
      old.kill();
    } else if (old.terminate() != 0) {
      arguments.say("  instance " + old.pid() + " did not drain cleanly");
      failed = true;
    }
    OwnProcess next = server();
    servers.add(next);
    say(
        "instance %d %s, %d in its place"
            .formatted(old.pid(), killed ? "killed" : "drained", next.pid()));
  }

  /// One is killed and nobody takes its place.
  void killOne() {
    OwnProcess victim = servers.remove();
    victim.kill();
    say("instance " + victim.pid() + " killed");
  }

  /// Says it with the numbers so far.
  void say(String what) {
    arguments.say(
        String.format(
            Locale.ROOT, "  %,7d calls, %d failed: %s", load.calls(), load.failed(), what));
  }

  /// Lets the load go on for this long.
  void goOn(Duration length) {
    try {
      Clock.SYSTEM.sleep(length);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.of(Code.CANCELLED, "interrupted", e);
    }
  }

  /// Ends the load. Passed when not a single call has failed.
  ///
  /// @param what the trouble that there was
  Verdict end(String name, String what) {
    int code = caller.stop();
    boolean counted = code == 0 && load.over() && load.calls() > 0;
    boolean passed = counted && load.failed() == 0 && !failed;
    failed |= !passed;
    load.failures().forEach(line -> arguments.say("  " + line));
    String prefix = "drill." + name.replace('-', '_') + ".";
    return new Verdict(
        passed,
        counted
            ? String.format(
                Locale.ROOT,
                "%s, %,d calls, %d failed, the slowest took %d ms",
                what,
                load.calls(),
                load.failed(),
                load.slowest())
            : "the load did not come to its end; see " + folder.resolve("caller.log"),
        List.of(
            new Figure(prefix + "calls", load.calls(), ""),
            new Figure(prefix + "failed_calls", load.failed(), ""),
            new Figure(prefix + "slowest_ms", load.slowest(), "ms")));
  }

  @Override
  public void close() {
    caller.close();
    Fanout.each(
        new ArrayList<>(servers),
        server -> {
          int code = server.stop();
          server.close();
          return code;
        });
    database.close();
    if (failed) {
      arguments.say("  logs are in " + folder);
    } else {
      delete(folder);
    }
  }

  private OwnProcess server() {
    return OwnProcess.start(
        ServingProcess.class,
        folder.resolve("servers.log"),
        line -> {
          // It says nothing but that it is ready.
        },
        List.of(database.url()));
  }

  static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + folder, e);
    }
  }
}
