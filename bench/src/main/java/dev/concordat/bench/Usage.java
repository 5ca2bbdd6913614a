package dev.concordat.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/// What the running system has used so far, as the operating system counts it.
///
/// @param jvmCpu processor time of the Java process
/// @param databaseCpu processor time of PostgreSQL and its backends, those that have ended
///   included; zero where `/proc` does not exist
/// @param residentBytes memory of the Java process that is in RAM; zero where `/proc` does not
///   exist
public record Usage(Duration jvmCpu, Duration databaseCpu, long residentBytes) {
  private static final long TICK_MILLIS = 10; // USER_HZ is 100 on every Linux

  /// Of this process, and of the PostgreSQL whose data is below this folder.
  public static Usage of(ProcessHandle jvm, Path data) {
    Duration database =
        postmaster(data)
            .map(root -> root.descendants().map(Usage::own).reduce(own(root), Duration::plus))
            .orElse(Duration.ZERO);
    return new Usage(
        jvm.info().totalCpuDuration().orElse(Duration.ZERO), database, resident(jvm.pid()));
  }

  /// What was used since.
  public Usage since(Usage before) {
    return new Usage(
        jvmCpu.minus(before.jvmCpu), databaseCpu.minus(before.databaseCpu), residentBytes);
  }

  private static Optional<ProcessHandle> postmaster(Path data) {
    try (Stream<Path> files = Files.find(data, 4, (p, a) -> p.endsWith("postmaster.pid"))) {
      Optional<Path> file = files.findFirst();
      if (file.isEmpty()) {
        return Optional.empty();
      }
      return ProcessHandle.of(Long.parseLong(Files.readAllLines(file.get()).getFirst().strip()));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot find PostgreSQL's process below " + data, e);
    }
  }

  /// Its own time and that of its children that have ended.
  private static Duration own(ProcessHandle process) {
    try {
      String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
      long ended = Long.parseLong(fields[13]) + Long.parseLong(fields[14]);
      return Duration.ofMillis((ticks + ended) * TICK_MILLIS);
    } catch (IOException e) {
      return Duration.ZERO;
    }
  }

  private static long resident(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
