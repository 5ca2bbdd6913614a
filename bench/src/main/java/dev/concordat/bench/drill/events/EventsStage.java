package dev.concordat.bench.drill.events;

import dev.concordat.bench.drill.Postgres;
import dev.concordat.bench.promises.Breach;
import dev.concordat.bench.promises.Findings;
import dev.concordat.bench.promises.Told;
import dev.concordat.bench.promises.Waits;
import dev.concordat.cli.DrillArguments;
import dev.concordat.cli.Figure;
import dev.concordat.cli.Verdict;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.kafka.LocalKafka;
import dev.concordat.service.DatabaseServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;

/// Where a drill of events takes place: databases of till, books and log, processes of both, and
/// what went wrong when. Everything ends with it.
///
/// Threads: one.
final class EventsStage implements AutoCloseable {
  /// This long nothing comes to its end: then nothing will.
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  private static final Duration LOOK = Duration.ofMillis(250);
  private static final int EXAMPLES = 3;

  /// More is not read back from the log: that would take longer than the drill.
  private static final int MOST_IN_LOG = 200_000;

  private final DrillArguments arguments;
  private final Path folder;
  private final Grounds grounds;
  private final Scene scene;
  private final Cast cast;
  private final Books books;
  private final Random random;
  private final List<Instant> troubles = new ArrayList<>();
  private boolean failed;

  private EventsStage(DrillArguments arguments, Path folder, Grounds grounds, Scene scene) {
    this.arguments = arguments;
    this.folder = folder;
    this.grounds = grounds;
    this.scene = scene;
    this.cast = new Cast(scene, folder);
    this.books = new Books(scene);
    this.random = new Random(scene.seed());
  }

  /// Starts databases and processes; returns once all work.
  ///
  /// @param lease until a silent process is replaced
  static EventsStage open(DrillArguments arguments, Duration lease, Flaw flaw) throws IOException {
    Path folder = Files.createTempDirectory("concordat-drill");
    long seed = arguments.trouble().seed().orElseGet(System::nanoTime);
    Grounds grounds = Grounds.open(folder, arguments.trouble().kafka());
    try {
      DatabaseServer server =
          new DatabaseServer("127.0.0.1", grounds.postgres().port(), "postgres");
      server.create(List.of(Scene.TILL, Scene.BOOKS, Scene.LOG));
      String log = grounds.kafka().map(LocalKafka::address).orElse(server.url(Scene.LOG));
      Scene scene = new Scene(server, log, lease, arguments.rate(), seed, flaw);
      Tables.create(scene, Selling.ACCOUNTS);
      return new EventsStage(arguments, folder, grounds, scene);
    } catch (RuntimeException e) {
      grounds.close();
      throw e;
    }
  }

  /// Starts two of each role, and as many consumers as were asked for.
  EventsStage enter() {
    List<Role> roles = new ArrayList<>();
    for (Role role : Role.values()) {
      int count = role == Role.CONSUMER ? arguments.instances() : 2;
      for (int i = 0; i < count; i++) {
        roles.add(role);
      }
    }
    starting(roles.size());
    cast.enter(roles);
    return this;
  }

  /// Says what begins.
  void starting(int processes) {
    arguments.say(
        "starting %d processes and %d transactions a second, seed %d …"
            .formatted(processes, arguments.rate(), scene.seed()));
  }

  Cast cast() {
    return cast;
  }

  Books books() {
    return books;
  }

  Scene scene() {
    return scene;
  }

  Postgres database() {
    return grounds.postgres();
  }

  /// Only where the log is on it.
  LocalKafka kafka() {
    return grounds.kafka().orElseThrow();
  }

  Random random() {
    return random;
  }

  /// Some of the processes, at random.
  List<Cast.Member> any(int count) {
    return any(cast.members(), count);
  }

  /// Some of these, at random.
  List<Cast.Member> any(List<Cast.Member> of, int count) {
    List<Cast.Member> all = new ArrayList<>(of);
    Collections.shuffle(all, random);
    return all.subList(0, Math.min(count, all.size()));
  }

  /// Says what trouble begins now.
  void trouble(String what) {
    troubles.add(Clock.SYSTEM.now());
    say(what);
  }

  void say(String what) {
    arguments.say("  " + progress() + ": " + what);
  }

  private String progress() {
    try {
      Books.Standing now = books.standing();
      return String.format(
          Locale.ROOT, "%,8d told, %,6d waiting", now.told(), Math.max(0, now.waiting()));
    } catch (IllegalStateException e) {
      return "  (the database is away)";
    }
  }

  /// Lets the load go on for this long.
  void goOn(Duration length) {
    try {
      Clock.SYSTEM.sleep(length);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.of(Code.CANCELLED, "interrupted", e);
    }
  }

  /// Ends the load, waits until all is quiet, ends everything and asks the checkers.
  Outcome end() {
    arguments.say("the publishers stop; waiting until all is handled …");
    failed |= !cast.leave(member -> member.role() == Role.PUBLISHER);
    Selling.tellTheLast(scene);
    long began = System.nanoTime();
    awaitQuiet();
    double settled = (System.nanoTime() - began) / 1e9;
    failed |= !cast.leave(member -> true);
    Findings findings = findings();
    failed |= !findings.clean();
    findings.first(EXAMPLES).forEach(breach -> arguments.say("  " + breach));
    return new Outcome(
        books.standing(), findings, Waits.of(books.ledger()), List.copyOf(troubles), settled);
  }

  private Findings findings() {
    Findings findings = books.check();
    List<Told> told = books.ledger().told();
    if (told.size() > MOST_IN_LOG) {
      return findings;
    }
    arguments.say("reading the log …");
    return Findings.of(List.of(findings, LogOrder.check(scene, told)));
  }

  private void awaitQuiet() {
    long least = Long.MAX_VALUE;
    long since = System.nanoTime();
    while (System.nanoTime() - since < PATIENCE.toNanos()) {
      long waiting = books.standing().waiting();
      if (waiting == 0) {
        return;
      }
      if (waiting < least) {
        least = waiting;
        since = System.nanoTime();
      }
      goOn(LOOK);
    }
    arguments.say("  " + least + " are still waiting, and have been for " + PATIENCE);
  }

  /// What came of it.
  ///
  /// @param troubles when each began
  /// @param settled seconds from the end of the load until all was quiet
  record Outcome(
      Books.Standing standing,
      Findings findings,
      Waits waits,
      List<Instant> troubles,
      double settled) {
    /// Passed when every promise was kept.
    Verdict verdict(String name, String what) {
      double[] after = waits.longestAfter(troubles);
      double worst = after.length == 0 ? waits.longest() : after[after.length - 1];
      double median = after.length == 0 ? 0 : after[after.length / 2];
      String prefix = "drill." + name.replace('-', '_') + ".";
      List<Figure> figures = new ArrayList<>();
      figures.add(new Figure(prefix + "told", standing.told(), ""));
      figures.add(new Figure(prefix + "rolled_back", standing.rolledBack(), ""));
      for (Breach.Kind kind : Breach.Kind.values()) {
        String of = prefix + kind.name().toLowerCase(Locale.ROOT);
        figures.add(new Figure(of, findings.count(kind), ""));
      }
      figures.add(new Figure(prefix + "wait_p50_ms", waits.percentile(0.5), "ms"));
      figures.add(new Figure(prefix + "wait_p99_ms", waits.percentile(0.99), "ms"));
      figures.add(new Figure(prefix + "recovery_median_ms", median, "ms"));
      figures.add(new Figure(prefix + "recovery_longest_ms", worst, "ms"));
      figures.add(new Figure(prefix + "settled_s", settled, "s"));
      return new Verdict(
          findings.clean() && standing.told() > Selling.ACCOUNTS,
          String.format(
              Locale.ROOT,
              "%s; %,d events told, %,d messages rolled back: %s; the longest wait was %.1f s",
              what,
              standing.told(),
              standing.rolledBack(),
              findings,
              waits.longest() / 1000),
          figures);
    }
  }

  @Override
  public void close() {
    cast.close();
    grounds.close();
    if (failed) {
      arguments.say("  logs are in " + folder);
    } else {
      delete(folder);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + folder, e);
    }
  }
}
