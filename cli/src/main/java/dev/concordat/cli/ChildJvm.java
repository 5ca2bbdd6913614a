package dev.concordat.cli;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// How the JVM of a single part is started: as this one was, with a smaller heap.
final class ChildJvm {
  /// What a child writes before its port once it answers.
  static final String READY = "ready ";

  /// The hidden command that runs one part.
  static final String COMMAND = "part";

  private static final String HEAP = "-Xmx160m";

  private ChildJvm() {}

  static List<String> command(Program program, String part) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(ChildJvm::inherited)
        .forEach(command::add);
    command.addAll(
        List.of(
            HEAP, "-cp", System.getProperty("java.class.path"), program.main().getName(), COMMAND));
    command.add(part);
    return command;
  }

  private static boolean inherited(String option) {
    return !option.startsWith("-Xmx")
        && !option.startsWith("-agentlib")
        && !option.startsWith("-javaagent");
  }
}
