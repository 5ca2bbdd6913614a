package dev.concordat.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// `concordat up` on an empty data folder, as a process of its own: what is measured is what a user
/// starts.
final class RunningShop implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Pattern URL = Pattern.compile("https?://\\S+");

  private final Path data;
  private final Process process;
  private final URI edge;
  private final Duration untilReady;

  private RunningShop(Path data, Process process, URI edge, Duration untilReady) {
    this.data = data;
    this.process = process;
    this.edge = edge;
    this.untilReady = untilReady;
  }

  /// Starts it and returns once it says that it is ready.
  static RunningShop start() throws IOException {
    Path data = Files.createTempDirectory("concordat-bench");
    long begin = System.nanoTime();
    Process process =
        new ProcessBuilder(command(data)).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try {
      URI edge = awaitReady(process);
      return new RunningShop(data, process, edge, Duration.ofNanos(System.nanoTime() - begin));
    } catch (IOException | RuntimeException e) {
      process.destroy();
      throw e;
    }
  }

  URI edge() {
    return edge;
  }

  Duration untilReady() {
    return untilReady;
  }

  Usage usage() {
    return Usage.of(process.toHandle(), data);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    delete(data);
  }

  /// The same JVM with the same options as this one: those of the launcher.
  private static List<String> command(Path data) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("dev.concordat.cli.Main", "up", "--port", "0"));
    command.addAll(List.of("--data", data.toString()));
    return command;
  }

  private static URI awaitReady(Process process) throws IOException {
    BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
    StringBuilder said = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      said.append(line).append('\n');
      var url = URL.matcher(line);
      if (line.startsWith("ready") && url.find()) {
        return URI.create(url.group().replaceAll("[,;.]$", ""));
      }
    }
    throw new IOException("the shop did not become ready; it said:\n" + said);
  }

  private static void delete(Path folder) {
    try (var files = Files.walk(folder, new FileVisitOption[0])) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + folder, e);
    }
  }
}
