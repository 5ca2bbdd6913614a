package dev.concordat.cli;

import dev.concordat.core.Backoff;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.service.Part;
import dev.concordat.service.Site;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/// One part in a JVM of its own. Parent and child speak through two pipes: the child writes `ready
/// <port>` once it answers and `met` once it has reached the services that it asks, and ends when
/// its input ends, which it also does when the parent was killed.
///
/// Threads: safe for many.
final class Child {
  private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(250), Duration.ofSeconds(5));

  /// A child that has lived this long starts again without a wait.
  private static final Duration STABLE = Duration.ofSeconds(30);

  private static final Duration STARTING = Duration.ofSeconds(60);

  /// How long beyond the grace a child may take to end.
  private static final Duration MARGIN = Duration.ofSeconds(5);

  private final Program program;
  private final Part part;
  private final Site site;
  private final Map<String, String> foreign;
  private final Path log;

  private volatile Optional<Process> process = Optional.empty();
  private volatile int port;
  private volatile boolean wanted = true;

  /// @param foreign where the foreign parts are, by the time this one starts
  /// @param log where its terminal output goes
  Child(Program program, Part part, Site site, Map<String, String> foreign, Path log) {
    this.program = program;
    this.part = part;
    this.site = site;
    this.foreign = foreign;
    this.log = log;
    this.port = part.kind() == Part.Kind.EDGE ? site.port() : 0;
  }

  String name() {
    return part.name();
  }

  /// `host:port`; the same after a new start, unless somebody else has taken the port.
  String address() {
    return site.host() + ":" + port;
  }

  long pid() {
    return process.map(Process::pid).orElse(0L);
  }

  /// Starts the process and waits until it answers.
  ///
  /// @throws Failure when it ends before
  void start() {
    Process started = launch();
    process = Optional.of(started);
    try {
      port = awaitReady(started);
    } catch (Failure e) {
      started.destroyForcibly();
      throw e;
    }
  }

  /// Waits until it has reached every service that it asks.
  ///
  /// @return the services that it has not reached
  Set<String> meet(Duration patience) {
    Process own = process.orElseThrow();
    BufferedReader output = own.inputReader();
    Waiting.until(() -> ready(output) || !own.isAlive(), patience.plus(MARGIN));
    try {
      String line = ready(output) ? output.readLine() : null;
      return line == null || !line.startsWith(ChildJvm.MET)
          ? Set.of("others")
          : ChildJvm.unmet(line);
    } catch (IOException e) {
      return Set.of("others"); // it has died, and is started again
    }
  }

  /// Starts it again whenever it has ended, until [#forget()].
  ///
  /// @param restarted told each time it answers again
  void keepAlive(Runnable restarted) {
    int failures = 0;
    while (wanted) {
      long begun = Clock.SYSTEM.nanos();
      process.ifPresent(it -> it.onExit().join());
      if (!wanted) {
        return;
      }
      boolean stable = Clock.SYSTEM.nanos() - begun > STABLE.toNanos();
      failures = stable ? 1 : failures + 1;
      Waiting.pause(BACKOFF.after(failures, ThreadLocalRandom.current()));
      if (tryStart(failures)) {
        restarted.run();
      }
    }
  }

  /// Its end is wanted from now on.
  void forget() {
    wanted = false;
  }

  /// Lets it finish what is under way; one that does not end in time is killed.
  void stop(Duration grace) {
    forget();
    process.ifPresent(it -> {
      closeInput(it);
      if (!ends(it, grace.plus(MARGIN))) {
        it.destroyForcibly();
        ends(it, MARGIN);
      }
    });
  }

  private boolean tryStart(int failures) {
    if (failures > 1 && part.kind() == Part.Kind.SERVICE) {
      port = 0; // perhaps the port was what failed; a service is found through the registry
    }
    try {
      start();
      return true;
    } catch (Failure e) {
      return false;
    }
  }

  /// The shell makes the child deaf to Ctrl-C, which a terminal sends to the children as well: the
  /// parent says when each of them stops.
  private Process launch() {
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", "trap '' INT; exec \"$@\"", "sh");
    builder.command().addAll(ChildJvm.command(program, part.name()));
    builder.environment().putAll(site.environment(part, port, foreign).variables());
    builder.redirectError(Redirect.appendTo(log.toFile()));
    try {
      return builder.start();
    } catch (IOException e) {
      throw Failure.of(Code.INTERNAL, part.name() + " could not be started: " + e.getMessage(), e);
    }
  }

  private int awaitReady(Process started) {
    BufferedReader output = started.inputReader();
    try {
      boolean spoke = Waiting.until(() -> ready(output) || !started.isAlive(), STARTING);
      String line = spoke ? output.readLine() : null;
      if (line != null && line.startsWith(ChildJvm.READY)) {
        return Integer.parseInt(line.substring(ChildJvm.READY.length()));
      }
    } catch (IOException e) {
      throw Failure.of(Code.UNAVAILABLE, part.name() + " did not start; its log is " + log, e);
    }
    throw Failure.of(Code.UNAVAILABLE, part.name() + " did not start; its log is " + log);
  }

  private static boolean ready(BufferedReader output) {
    try {
      return output.ready();
    } catch (IOException e) {
      return true; // closed: reading says so
    }
  }

  private static void closeInput(Process process) {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      process.destroy();
    }
  }

  private static boolean ends(Process process, Duration patience) {
    return Waiting.until(() -> !process.isAlive(), patience);
  }
}
