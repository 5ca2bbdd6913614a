package dev.concordat.bench;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// One contender, or a half of one, as a process of its own that is spoken to in lines. Every one
/// gets the same JVM with the same options.
///
/// Threads: one.
public final class Peer implements AutoCloseable {
  private static final List<String> JVM =
      List.of(
          "-XX:+UseSerialGC",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final int LAST_LINES = 15;

  private final String name;
  private final Process process;
  private final Path log;
  private final BufferedReader answers;
  private final Writer commands;

  private Peer(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
    this.answers = process.inputReader(StandardCharsets.UTF_8);
    this.commands = process.outputWriter(StandardCharsets.UTF_8);
  }

  /// Starts it and waits until it is ready.
  ///
  /// @param program what to run
  /// @param role its first argument; the contender's name follows, then the rest
  public static Started start(String contender, Program program, String... role)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM);
    command.addAll(List.of("-Xms" + program.heap(), "-Xmx" + program.heap()));
    command.addAll(List.of("-cp", program.classPath(), program.main().getName()));
    command.addAll(List.of(role[0], contender));
    command.addAll(Arrays.asList(role).subList(1, role.length));
    Path log = Files.createTempFile("concordat-bench-" + contender + "-" + role[0], ".log");
    Process process = new ProcessBuilder(command).redirectError(Redirect.to(log.toFile())).start();
    Peer peer = new Peer(contender + " (" + role[0] + ")", process, log);
    try {
      return new Started(peer, peer.answer());
    } catch (RuntimeException e) {
      peer.close();
      throw e;
    }
  }

  /// What a process runs.
  ///
  /// @param classPath with the contender
  /// @param main which listens to commands
  /// @param heap its size from the beginning to the end, for example `256m`
  public record Program(String classPath, Class<?> main, String heap) {}

  /// A process that is ready, and what it said then.
  public record Started(Peer peer, List<String> said) {}

  /// Sends a command and waits for the answer.
  public List<String> ask(String command) {
    try {
      commands.write(command + "\n");
      commands.flush();
    } catch (IOException e) {
      throw broken("ended", e);
    }
    return answer();
  }

  /// What the process has used so far.
  public Spent spent() {
    return Spent.by(process.pid());
  }

  /// The process.
  public ProcessHandle process() {
    return process.toHandle();
  }

  private List<String> answer() {
    try {
      String line = answers.readLine();
      if (line == null) {
        throw broken("ended", new IOException("end of output"));
      }
      List<String> words = Arrays.asList(line.strip().split(" ", -1));
      if (!words.getFirst().equals("ok")) {
        throw broken(line, new IOException(line));
      }
      return words.subList(1, words.size());
    } catch (IOException e) {
      throw broken("cannot be heard", e);
    }
  }

  private Failure broken(String what, IOException cause) {
    return Failure.of(Code.INTERNAL, name + ": " + what + lastWords(), cause);
  }

  private String lastWords() {
    try (Stream<String> all = Files.lines(log)) {
      List<String> lines = all.filter(line -> !line.startsWith("\tat ")).toList();
      return "\n"
          + String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    } catch (IOException e) {
      return "";
    }
  }

  /// Ends the process: it does so by itself when its input ends.
  @Override
  public void close() {
    try {
      commands.close();
      if (!process.waitFor(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
        process.destroyForcibly();
      }
      Files.deleteIfExists(log);
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
