package dev.concordat.bench.drill.events;

import dev.concordat.cli.DrillArguments;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// What processes are started with so that the operating system lies to them about the time of day:
/// libfaketime, which reads how much from a file.
///
/// @param library empty when they are told the truth
/// @param folder of the files
record Preload(String library, Path folder) {
  private static final List<String> PLACES =
      List.of(
          "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
          "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
          "/usr/lib64/faketime/libfaketimeMT.so.1",
          "/usr/local/lib/faketime/libfaketimeMT.so.1");

  /// @throws IllegalArgumentException when it is wanted and not there
  static Preload of(DrillArguments arguments, Path folder) {
    if (!arguments.trouble().faketime()) {
      return new Preload("", folder);
    }
    return new Preload(
        PLACES.stream()
            .filter(place -> Files.exists(Path.of(place)))
            .findFirst()
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "libfaketime is not installed (on Debian: apt-get install faketime); without"
                        + " --faketime the clock that Concordat is given jumps instead")),
        folder);
  }

  boolean inUse() {
    return !library.isEmpty();
  }

  /// What a process is started with.
  ///
  /// @param name its own
  Map<String, String> environment(String name) {
    if (!inUse()) {
      return Map.of();
    }
    shift(name, Duration.ZERO);
    return Map.of(
        "LD_PRELOAD",
        library,
        "FAKETIME_TIMESTAMP_FILE",
        file(name).toString(),
        "FAKETIME_NO_CACHE",
        "1",
        "FAKETIME_DONT_FAKE_MONOTONIC",
        "1",
        "DONT_FAKE_MONOTONIC",
        "1");
  }

  /// Sets the clock of a process: the machine's, and so much more.
  void shift(String name, Duration by) {
    try {
      Path next = folder.resolve(name + ".next");
      Files.writeString(next, (by.isNegative() ? "" : "+") + by.toSeconds() + "\n");
      Files.move(next, file(name), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path file(String name) {
    return folder.resolve(name + ".time");
  }
}
