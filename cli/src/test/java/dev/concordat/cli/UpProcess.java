package dev.concordat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A command line in a process of its own, with what it prints.
final class UpProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Process process;
  private final Path output;

  private UpProcess(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /// Starts `concordat` on a system.
  static UpProcess start(Class<?> main, String... args) {
    try {
      Path output = Files.createTempFile("concordat-up", ".out");
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(
          List.of(
              "-XX:+UseSerialGC",
              "-XX:TieredStopAtLevel=1",
              "-Xmx384m",
              "--enable-native-access=ALL-UNNAMED",
              "--sun-misc-unsafe-memory-access=allow",
              "-cp",
              System.getProperty("java.class.path"),
              main.getName()));
      command.addAll(List.of(args));
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      return new UpProcess(process, output);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// Waits for the line that begins with `ready`.
  UpProcess awaitReady() {
    boolean ready = Waiting.until(() -> line("ready").isPresent() || !process.isAlive(), PATIENCE);
    assertThat(ready && process.isAlive()).as(text()).isTrue();
    return this;
  }

  /// Waits for the end.
  ///
  /// @return the exit code
  int awaitEnd() {
    try {
      assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as(text()).isTrue();
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  void terminate() {
    process.destroy(); // SIGTERM
  }

  void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /// The URL in the `ready` line.
  String url() {
    String ready = line("ready").orElseThrow();
    return ready.substring(ready.indexOf("http"));
  }

  /// The first line that begins so.
  Optional<String> line(String beginning) {
    return text().lines().filter(line -> line.strip().startsWith(beginning)).findFirst();
  }

  String text() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      terminate();
      int _ = awaitEnd();
    }
    try {
      Files.deleteIfExists(output);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
