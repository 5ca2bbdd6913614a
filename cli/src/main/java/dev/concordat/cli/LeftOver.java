package dev.concordat.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A PostgreSQL that outlived the process that had started it: after kill -9, say. It is found
/// through its `postmaster.pid`, whose first line is its process id.
final class LeftOver {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private LeftOver() {}

  /// Stops it and waits for its end. The caller holds the lock of the data folder, so that nobody
  /// else can need it.
  static void stop(Path data) throws IOException {
    Path file = data.resolve("postmaster.pid");
    Optional<ProcessHandle> process = Files.exists(file) ? processOf(file) : Optional.empty();
    if (process.isPresent()) {
      stop(process.get());
    } else {
      // Otherwise a stranger who has the same process id by now would keep PostgreSQL from
      // starting.
      Files.deleteIfExists(file);
    }
  }

  private static Optional<ProcessHandle> processOf(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    if (lines.isEmpty() || !lines.getFirst().strip().matches("[0-9]{1,10}")) {
      return Optional.empty();
    }
    return ProcessHandle.of(Long.parseLong(lines.getFirst().strip()))
        .filter(ProcessHandle::isAlive)
        .filter(LeftOver::isPostgres);
  }

  /// Where the system does not tell a process's command, it is taken for what the file says.
  private static boolean isPostgres(ProcessHandle process) {
    return process.info().command().map(command -> command.contains("postgres")).orElse(true);
  }

  /// SIGINT is the fast shutdown: it ends the connections. SIGTERM would wait for them.
  private static void stop(ProcessHandle process) throws IOException {
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).inheritIO().start();
    if (!Waiting.until(() -> !process.isAlive(), PATIENCE)) {
      throw Refusal.because(
          "an earlier PostgreSQL (pid "
              + process.pid()
              + ") still runs on this data and does not stop; end it, then start again");
    }
  }
}
