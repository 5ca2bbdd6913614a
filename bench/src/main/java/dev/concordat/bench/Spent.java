package dev.concordat.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// What the operating system counts of a process.
///
/// @param cpu processor time, in user and kernel mode
/// @param residentBytes memory in RAM; zero where `/proc` does not exist
public record Spent(Duration cpu, long residentBytes) {
  private static final long KIB = 1024;
  private static final long TICK_MILLIS = 10; // USER_HZ is 100 on every Linux

  /// Of this process.
  public static Spent by(long pid) {
    Duration cpu =
        ProcessHandle.of(pid).flatMap(p -> p.info().totalCpuDuration()).orElse(Duration.ZERO);
    return new Spent(cpu, resident(pid));
  }

  /// Processor time of everything on this machine, idle time left out; zero where `/proc` does not
  /// exist.
  public static Duration byAll() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
      List<String> words = List.of(lines.findFirst().orElseThrow().split(" +", -1));
      long ticks = 0;
      for (int i = 1; i < words.size() && i <= 8; i++) {
        boolean idle = i == 4 || i == 5;
        ticks += idle ? 0 : Long.parseLong(words.get(i));
      }
      return Duration.ofMillis(ticks * TICK_MILLIS);
    } catch (IOException e) {
      return Duration.ZERO;
    }
  }

  private static long resident(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIB)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
