package dev.concordat.bench.drill.events;

import dev.concordat.bench.drill.Postgres;
import dev.concordat.cli.Drill;
import dev.concordat.cli.DrillArguments;
import dev.concordat.cli.Figure;
import dev.concordat.cli.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// A long time of nothing but load: what must not grow does not.
public final class EventsSoak implements Drill {
  private static final Duration LENGTH = Duration.ofMinutes(60);
  private static final Duration LEASE = Duration.ofSeconds(6);
  private static final int SAMPLES = 200;
  private static final Duration SHORTEST = Duration.ofSeconds(5);

  /// What is kept for days by contract and so cannot be flat within an hour: inbox marks for as
  /// long as the log of tasks (7 days), ended sagas for 7 days.
  private static final Predicate<String> KEPT =
      Pattern.compile("\\.(inbox|saga|saga_step|kept_log_[0-9]+)\\.").asPredicate();

  @Override
  public String name() {
    return "events-soak";
  }

  @Override
  public String description() {
    return "steady load for --minutes: memory, threads, files, tables and indexes stay flat";
  }

  @Override
  public String broken() {
    return "a transaction stays open all the time, so that nothing can be cleaned up";
  }

  @Override
  public Verdict run(DrillArguments arguments) throws IOException, SQLException {
    Duration length = arguments.length().orElse(LENGTH);
    Path file = Files.createTempFile("concordat-soak", ".csv");
    Map<String, Series> series = new TreeMap<>();
    try (EventsStage stage = EventsStage.open(arguments, LEASE, Flaw.NONE).enter();
        Connection report = report(stage.scene());
        PrintWriter csv = new PrintWriter(Files.newBufferedWriter(file))) {
      if (arguments.broken()) {
        begin(report);
      }
      csv.println("seconds,name,value");
      sample(stage, length, series, csv);
      EventsStage.Outcome outcome = stage.end();
      return verdict(length, outcome.verdict(name(), "load for " + length), series, file);
    }
  }

  private static Connection report(Scene scene) throws SQLException {
    return Postgres.source(scene.server().url(Scene.BOOKS)).getConnection();
  }

  /// A report that never ends.
  private static void begin(Connection report) throws SQLException {
    report.setAutoCommit(false);
    report.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    try (Statement statement = report.createStatement()) {
      statement.execute("select count(*) from effect");
    }
  }

  private static void sample(
      EventsStage stage, Duration length, Map<String, Series> series, PrintWriter csv)
      throws IOException {
    Duration every = length.dividedBy(SAMPLES);
    every = every.compareTo(SHORTEST) < 0 ? SHORTEST : every;
    long began = System.nanoTime();
    long said = 0;
    while (System.nanoTime() - began < length.toNanos()) {
      stage.goOn(every);
      double seconds = (System.nanoTime() - began) / 1e9;
      try {
        Sizes.now(stage)
            .forEach((name, value) -> {
              series.computeIfAbsent(name, any -> new Series(floor(name))).add(seconds, value);
              csv.printf(Locale.ROOT, "%.1f,%s,%.3f%n", seconds, name, value);
            });
      } catch (SQLException e) {
        throw new IOException("the tables' sizes cannot be read", e);
      }
      csv.flush();
      long minute = (long) seconds / 60;
      if (minute > said) {
        said = minute;
        stage.say(minute + " min of " + length.toMinutes());
      }
    }
  }

  /// So much more is noise: a few pages, a few threads, a collection that was late.
  private static double floor(String name) {
    if (name.endsWith("rss_mb")) {
      return 10;
    }
    return name.endsWith("threads") || name.endsWith("files") ? 6 : 1.5;
  }

  private Verdict verdict(
      Duration length, Verdict promises, Map<String, Series> series, Path file) {
    List<Figure> figures = new ArrayList<>(promises.figures());
    List<String> growing = new ArrayList<>();
    series.forEach((name, samples) -> {
      String prefix = "drill.events_soak." + name;
      figures.add(new Figure(prefix + ".peak", samples.peak(), ""));
      figures.add(new Figure(prefix + ".last", samples.last(), ""));
      figures.add(new Figure(prefix + ".slope_per_hour", samples.slope(), ""));
      if (!KEPT.test(name) && !samples.flat()) {
        growing.add(name);
      }
    });
    String what =
        growing.isEmpty() ? "everything was flat" : "what grew: " + String.join(", ", growing);
    return new Verdict(
        promises.passed() && growing.isEmpty(),
        promises.sentence() + "; after " + length + " " + what + "; all samples are in " + file,
        figures);
  }
}
