package dev.concordat.bench.drill;

import dev.concordat.calls.identity.Authority;
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
import java.util.Optional;
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
  private final Optional<Papers> server;
  private final Optional<Papers> caller;
  private final OwnProcess calling;
  private boolean failed;

  private Stage(DrillArguments arguments, Path folder, Postgres database, Optional<Authority> root)
      throws IOException {
    this.arguments = arguments;
    this.folder = folder;
    this.database = database;
    this.server = papers("drill", root);
    this.caller = papers("drill-load", root);
    servers.addAll(
        Fanout.each(IntStream.range(0, arguments.instances()).boxed().toList(), number -> serve()));
    List<String> load =
        new ArrayList<>(List.of(database.url(), Integer.toString(arguments.rate())));
    caller.ifPresent(papers -> load.add(papers.folder().toString()));
    this.calling =
        OwnProcess.start(CallingProcess.class, folder.resolve("caller.log"), this.load::line, load);
  }

  private Optional<Papers> papers(String name, Optional<Authority> root) throws IOException {
    return root.isEmpty() ? Optional.empty() : Optional.of(new Papers(folder, name, root.get()));
  }

  /// Starts everything and returns once it is being called.
  static Stage open(DrillArguments arguments) throws IOException {
    return open(arguments, Optional.empty());
  }

  /// The same with mutual TLS.
  ///
  /// @param root by which all prove themselves at first
  static Stage secure(DrillArguments arguments, Authority root) throws IOException {
    return open(arguments, Optional.of(root));
  }

  private static Stage open(DrillArguments arguments, Optional<Authority> root) throws IOException {
    Path folder = Files.createTempDirectory("concordat-drill");
    arguments.say(
        "starting %d instances and %d calls a second …"
            .formatted(arguments.instances(), arguments.rate()));
    Postgres database = new Postgres(folder);
    try {
      return new Stage(arguments, folder, database, root);
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /// The papers of all instances.
  Papers server() {
    return server.orElseThrow();
  }

  /// The papers of the process that calls.
  Papers caller() {
    return caller.orElseThrow();
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
    OwnProcess next = serve();
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
    int code = calling.stop();
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
    calling.close();
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

  private OwnProcess serve() {
    List<String> words = new ArrayList<>(List.of(database.url()));
    server.ifPresent(papers -> words.add(papers.folder().toString()));
    return OwnProcess.start(
        ServingProcess.class,
        folder.resolve("servers.log"),
        line -> {
          // It says nothing but that it is ready.
        },
        words);
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
