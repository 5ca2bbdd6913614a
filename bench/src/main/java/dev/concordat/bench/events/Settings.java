package dev.concordat.bench.events;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// What is measured, and for how long.
@Command(name = "bench events", sortOptions = false, usageHelpAutoWidth = true)
final class Settings {
  static final String OURS = "concordat";
  static final String FLOOR = "floor";
  static final List<String> PARTS = List.of("W1", "W2", "W3", "W4", "W5", "W6");
  static final List<String> CONTESTANTS =
      List.of(
          FLOOR,
          OURS,
          "modulith",
          "modulith-tuned",
          "transaction-outbox",
          "transaction-outbox-tuned",
          "db-scheduler",
          "db-scheduler-tuned",
          "jobrunr",
          "jobrunr-tuned",
          Stream.ON_KAFKA,
          Stream.KAFKA);

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "PART",
      description =
          "W1 publish to effect, W2 queue, W3 queue beside an old transaction, W4 ordered stream,"
              + " W5 poisoned keys, W6 replay. Default: all.")
  private List<String> only = PARTS;

  @Option(
      names = "--with",
      split = ",",
      paramLabel = "NAME",
      description =
          "Contestants: floor, concordat, modulith, transaction-outbox, db-scheduler, jobrunr; each"
              + " of the last four also with -tuned; in W4 also concordat-kafka, kafka-clients."
              + " Default: all.")
  private List<String> with = CONTESTANTS;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description =
          "Seconds of one turn; everything else is in proportion: 50 turns of W3, 166,667 events a"
              + " second in W4 and W6. Default: 6.")
  private int seconds = 6;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds of W1, W2 and W5; in each, every contestant has its turn. Default: 3.")
  private int rounds = 3;

  private Settings() {}

  /// @throws CommandLine.ParameterException when they cannot be understood
  static Settings of(List<String> options) {
    Settings settings = new Settings();
    CommandLine line = new CommandLine(settings);
    line.parseArgs(options.toArray(String[]::new));
    require(line, PARTS.containsAll(settings.only), "--only takes some of " + PARTS);
    require(line, CONTESTANTS.containsAll(settings.with), "--with takes some of " + CONTESTANTS);
    require(line, settings.seconds >= 1, "--seconds is at least 1");
    require(line, settings.rounds >= 1, "--rounds is at least 1");
    return settings;
  }

  private static void require(CommandLine line, boolean holds, String what) {
    if (!holds) {
      throw new CommandLine.ParameterException(line, what);
    }
  }

  static String help() {
    StringWriter text = new StringWriter();
    new CommandLine(new Settings()).usage(new PrintWriter(text));
    return text.toString();
  }

  boolean measures(String part) {
    return only.contains(part);
  }

  /// Those of these who were asked for.
  List<String> among(List<String> contestants) {
    return contestants.stream().filter(with::contains).toList();
  }

  /// Those of W1.
  List<String> tellers() {
    return CONTESTANTS.stream()
        .filter(one -> with.contains(one) && !one.contains("kafka"))
        .toList();
  }

  int seconds() {
    return seconds;
  }

  int rounds() {
    return rounds;
  }
}
