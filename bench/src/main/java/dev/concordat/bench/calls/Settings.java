package dev.concordat.bench.calls;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// What is measured, and for how long.
@Command(name = "bench calls", sortOptions = false, usageHelpAutoWidth = true)
final class Settings {
  static final String OURS = "concordat";

  private static final List<String> CONTENDERS =
      List.of(OURS, "concordat-watched", "grpc-java", "armeria", "spring");

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "NAME",
      description =
          "Contenders: concordat, grpc-java, armeria, spring; concordat-watched is ours with"
              + " telemetry. Default: the first four.")
  private List<String> only = List.of(OURS, "grpc-java", "armeria", "spring");

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds; in each, every contender has its turn. Default: 7.")
  private int rounds = 7;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "Seconds of one turn, once closed loop and once at the rate. Default: 2.")
  private int seconds = 2;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      description = "Seconds under load before the first round. Default: 12.")
  private int warmUp = 12;

  @Option(
      names = "--callers",
      paramLabel = "N",
      description = "Callers at once in the closed loop. Default: 16.")
  private int callers = 16;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Calls a second in the open loop. Default: 1000.")
  private int rate = 1_000;

  @Option(
      names = "--messages",
      paramLabel = "N",
      description = "Messages of one stream; 0 leaves the streams out. Default: 1000000.")
  private int messages = 1_000_000;

  @Option(
      names = "--stalled",
      paramLabel = "N",
      description = "Readers that stop reading; 0 leaves them out. Default: 100.")
  private int stalled = 100;

  @Option(
      names = "--quick",
      description = "Under a minute: shows that everything works; the figures are rough.")
  private boolean quick;

  private Settings() {}

  /// @throws CommandLine.ParameterException when they cannot be understood
  static Settings of(List<String> options) {
    Settings settings = new Settings();
    CommandLine line = new CommandLine(settings);
    line.parseArgs(options.toArray(String[]::new));
    if (settings.quick) {
      settings.rounds = 2;
      settings.seconds = 1;
      settings.warmUp = 2;
      settings.messages = Math.min(settings.messages, 100_000);
    }
    if (!CONTENDERS.containsAll(settings.only)) {
      throw new CommandLine.ParameterException(
          line, "--only takes some of " + CONTENDERS + ", not " + settings.only);
    }
    if (settings.rounds < 1 || settings.seconds < 1 || settings.callers < 1 || settings.rate < 1) {
      throw new CommandLine.ParameterException(
          line, "--rounds, --seconds, --callers and --rate are at least 1");
    }
    return settings;
  }

  static String help() {
    StringWriter text = new StringWriter();
    new CommandLine(new Settings()).usage(new PrintWriter(text));
    return text.toString();
  }

  List<String> contenders() {
    return only;
  }

  int rounds() {
    return rounds;
  }

  int seconds() {
    return seconds;
  }

  int warmUp() {
    return warmUp;
  }

  int callers() {
    return callers;
  }

  int rate() {
    return rate;
  }

  int messages() {
    return messages;
  }

  int stalled() {
    return stalled;
  }

  int streamRounds() {
    return Math.min(3, rounds);
  }
}
