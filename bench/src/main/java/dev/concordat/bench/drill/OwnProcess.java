package dev.concordat.bench.drill;

import dev.concordat.core.Background;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A JVM of its own. It says `ready …` on its standard output once it works, and ends when its
/// standard input ends, so also when this process is killed.
///
/// Threads: safe for many.
public final class OwnProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String READY = "ready";

  private final Class<?> main;
  private final Process process;
  private final Path log;
  private final Background reader = new Background("drill");
  private volatile String first = "";

  private OwnProcess(Class<?> main, Process process, Path log) {
    this.main = main;
    this.process = process;
    this.log = log;
  }

  /// Starts it and waits until it is ready.
  ///
  /// @param log where its standard error goes
  /// @param said given every line after the first one
  public static OwnProcess start(
      Class<?> main, Path log, Consumer<String> said, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx128m",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    command.addAll(arguments);
    try {
      Process process =
          new ProcessBuilder(command).redirectError(Redirect.appendTo(log.toFile())).start();
      OwnProcess own = new OwnProcess(main, process, log);
      own.awaitReady(said);
      return own;
    } catch (IOException e) {
      throw new UncheckedIOException(main.getSimpleName() + " could not be started", e);
    }
  }

  /// For the child: where it speaks to its parent. Whatever else is printed goes to the log.
  public static PrintStream parent() {
    PrintStream parent = System.out;
    System.setOut(System.err);
    return parent;
  }

  public long pid() {
    return process.pid();
  }

  /// Whether it has not ended.
  public boolean alive() {
    return process.isAlive();
  }

  /// Tells it a line.
  public void tell(String line) {
    try {
      process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(main.getSimpleName() + " does not listen", e);
    }
  }

  /// Sends it a signal.
  ///
  /// @param name for example `STOP`
  public void signal(String name) {
    try {
      int code =
          new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
              .inheritIO()
              .start()
              .waitFor();
      if (code != 0) {
        throw Failure.of(Code.UNAVAILABLE, "process " + pid() + " could not be signalled " + name);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("kill could not be run", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.of(Code.CANCELLED, "interrupted", e);
    }
  }

  /// Asks it to end by closing its standard input, and waits.
  ///
  /// @return its exit code
  public int stop() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      process.destroy();
    }
    return awaitEnd();
  }

  /// SIGTERM, as an orchestrator does it, and waits.
  ///
  /// @return its exit code
  public int terminate() {
    process.destroy();
    return awaitEnd();
  }

  /// SIGKILL.
  public void kill() {
    process.destroyForcibly();
    int _ = awaitEnd();
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      process.destroyForcibly();
    }
    reader.close();
  }

  private void awaitReady(Consumer<String> said) {
    BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
    Thread waiting =
        reader.startBlocking(
            "ready",
            () -> {
              try {
                String line = lines.readLine();
                first = line == null ? "" : line;
              } catch (IOException e) {
                first = "";
              }
            });
    try {
      waiting.join(PATIENCE);
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw Failure.of(Code.CANCELLED, "interrupted", e);
    }
    if (!first.startsWith(READY)) {
      close();
      throw Failure.of(
          Code.UNAVAILABLE, main.getSimpleName() + " did not become ready; its log is " + log);
    }
    said.accept(first);
    reader.startBlocking("lines", () -> lines.lines().forEach(said));
  }

  private int awaitEnd() {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      int code = process.waitFor();
      reader.stop(Duration.ofSeconds(5));
      return code;
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw Failure.of(Code.CANCELLED, "interrupted", e);
    }
  }
}
