package dev.concordat.bench.events;

import dev.concordat.cli.BenchArguments;
import dev.concordat.cli.Benchmark;
import dev.concordat.cli.Figure;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import picocli.CommandLine.ParameterException;

/// Events and tasks beside those of others on the same PostgreSQL, each contestant in a process of
/// its own on a database of its own, taking turns.
public final class EventsBenchmark implements Benchmark {
  @Override
  public String name() {
    return "events";
  }

  @Override
  public String description() {
    return "events, tasks and the log, beside other libraries on one PostgreSQL (about 35 minutes)";
  }

  @Override
  public String help() {
    return Settings.help();
  }

  @Override
  public List<Figure> run(BenchArguments arguments) throws IOException, SQLException {
    Settings settings = settings(arguments.options());
    Screen screen = new Screen(arguments.out());
    Report report = new Report();
    screen.say("starting a PostgreSQL …");
    try (Server server = Server.start()) {
      if (settings.measures("W1")) {
        PublishToEffect part = new PublishToEffect(settings, server, screen);
        part.run();
        report.publishToEffect(part.seen());
      }
      if (settings.measures("W2")) {
        Drain part = new Drain(settings, server, screen);
        part.run();
        report.drain(part.perSecond(), part.cpuMillis());
      }
      rest(settings, server, screen, report);
    }
    report.targets(screen);
    return report.figures();
  }

  private static void rest(Settings settings, Server server, Screen screen, Report report)
      throws IOException, SQLException {
    if (settings.measures("W3")) {
      OldTransaction part = new OldTransaction(settings, server, screen);
      part.run();
      report.oldTransaction(part.seen());
    }
    if (settings.measures("W4") || settings.measures("W6")) {
      new Stream(settings, server, screen, report).run();
    }
    if (settings.measures("W5")) {
      Poison part = new Poison(settings, server, screen);
      part.run();
      report.poison(part.without(), part.with());
    }
  }

  private static Settings settings(List<String> options) {
    try {
      return Settings.of(options);
    } catch (ParameterException e) {
      throw Failure.of(
          Code.INVALID_ARGUMENT,
          e.getMessage() + "; `concordat bench events --help` shows the options",
          e);
    }
  }
}
