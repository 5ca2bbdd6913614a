package dev.concordat.cli;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// How the JVM of a single part is started: as this one was, with a smaller heap.
final class ChildJvm {
  /// What a child writes before its port once it answers.
  static final String READY = "ready ";

  /// What it writes before the names of the services that it asks and has not reached, once it has
  /// reached them or has waited [#PATIENCE].
  static final String MET = "met";

  /// How long a part looks for the services that it asks before the system is called ready without.
  static final Duration PATIENCE = Duration.ofSeconds(15);

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

  static String met(Set<String> unmet) {
    return (MET + " " + String.join(" ", unmet)).strip();
  }

  static Set<String> unmet(String line) {
    String names = line.substring(MET.length()).strip();
    return names.isEmpty() ? Set.of() : Set.of(names.split(" "));
  }

  private static boolean inherited(String option) {
    return !option.startsWith("-Xmx")
        && !option.startsWith("-agentlib")
        && !option.startsWith("-javaagent");
  }
}
