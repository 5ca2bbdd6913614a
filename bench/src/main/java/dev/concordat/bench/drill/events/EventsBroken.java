package dev.concordat.bench.drill.events;

import dev.concordat.bench.promises.Breach;
import dev.concordat.bench.promises.Breach.Kind;
import dev.concordat.bench.promises.Findings;
import dev.concordat.cli.Drill;
import dev.concordat.cli.DrillArguments;
import dev.concordat.cli.Figure;
import dev.concordat.cli.Verdict;
import dev.concordat.core.Clock;
import dev.concordat.core.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// The same load and the same checker over systems with one mistake each: every one must be found.
public final class EventsBroken implements Drill {
  private static final Duration LENGTH = Duration.ofSeconds(90);
  private static final Duration LEASE = Duration.ofSeconds(2);
  private static final Duration LOOK = Duration.ofSeconds(1);

  @Override
  public String name() {
    return "events-broken";
  }

  @Override
  public String description() {
    return "systems with one mistake each (--variant): the checker finds every one";
  }

  @Override
  public String broken() {
    return "nothing is wrong, so nothing is found";
  }

  @Override
  public Verdict run(DrillArguments arguments) throws IOException {
    List<Flaw> flaws = flaws(arguments);
    List<Figure> figures = new ArrayList<>();
    List<String> missed = new ArrayList<>();
    for (Flaw flaw : flaws) {
      arguments.say(flaw.words() + ": " + flaw.mistake());
      Optional<Double> found = find(arguments, arguments.broken() ? Flaw.NONE : flaw, flaw);
      found.ifPresentOrElse(
          seconds ->
              figures.add(
                  new Figure(
                      "drill.events_broken." + flaw.words().replace('-', '_') + ".found_after_s",
                      seconds,
                      "s")),
          () -> missed.add(flaw.words()));
    }
    return new Verdict(
        missed.isEmpty(),
        flaws.size()
            - missed.size()
            + " of "
            + flaws.size()
            + " mistakes were found"
            + (missed.isEmpty() ? "" : "; not these: " + String.join(", ", missed)),
        figures);
  }

  private static List<Flaw> flaws(DrillArguments arguments) {
    List<Flaw> all = Arrays.stream(Flaw.values()).filter(flaw -> flaw != Flaw.NONE).toList();
    if (arguments.trouble().variant().isEmpty()) {
      return all;
    }
    String wanted = arguments.trouble().variant().get();
    return List.of(
        Flaw.named(wanted)
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "there is no variant "
                        + wanted
                        + "; there are "
                        + all.stream().map(Flaw::words).collect(Collectors.joining(", ")))));
  }

  /// @param played what is wrong
  /// @param sought whose traces are looked for
  /// @return after how many seconds it was found
  private static Optional<Double> find(DrillArguments arguments, Flaw played, Flaw sought)
      throws IOException {
    try (EventsStage stage = EventsStage.open(arguments, LEASE, played)) {
      stage.cast().enter(roles(sought));
      long began = System.nanoTime();
      Deadline over = Deadline.after(arguments.length().orElse(LENGTH), Clock.SYSTEM);
      while (!over.expired()) {
        stage.goOn(LOOK);
        make(stage, sought);
        Optional<Breach> breach = breach(stage.books().checkWhileRunning(), sought.expected());
        if (breach.isPresent()) {
          double seconds = (System.nanoTime() - began) / 1e9;
          stage.say(String.format(Locale.ROOT, "found after %.1f s: %s", seconds, breach.get()));
          return Optional.of(seconds);
        }
      }
      stage.say("not found");
      return Optional.empty();
    }
  }

  private static Optional<Breach> breach(Findings findings, Kind kind) {
    return findings.breaches().stream().filter(one -> one.kind() == kind).findFirst();
  }

  /// Two of whoever the trouble comes to, so that the other one goes on.
  private static List<Role> roles(Flaw flaw) {
    List<Role> roles = new ArrayList<>(List.of(Role.PUBLISHER, Role.SEQUENCER, Role.CONSUMER));
    if (!roles.contains(flaw.reader())) {
      roles.add(flaw.reader());
    }
    switch (flaw.trouble()) {
      case NONE, KILL_PUBLISHER -> {}
      case KILL_SEQUENCER -> roles.add(Role.SEQUENCER);
      case KILL_READER, STOP_READER, LOSE_PARTITIONS -> roles.add(flaw.reader());
    }
    return roles;
  }

  private static void make(EventsStage stage, Flaw flaw) {
    switch (flaw.trouble()) {
      case NONE, LOSE_PARTITIONS -> {}
      case KILL_PUBLISHER -> replace(stage, Role.PUBLISHER);
      case KILL_SEQUENCER -> replace(stage, Role.SEQUENCER);
      case KILL_READER -> replace(stage, flaw.reader());
      case STOP_READER -> {
        Cast.Member sleeper = stage.cast().of(flaw.reader()).getFirst();
        sleeper.process().signal("STOP");
        stage.goOn(LEASE.multipliedBy(3));
        sleeper.process().signal("CONT");
        stage.goOn(LOOK);
      }
    }
  }

  private static void replace(EventsStage stage, Role role) {
    stage.cast().kill(stage.cast().of(role).getFirst());
    Cast.Member _ = stage.cast().enter(role);
    if (role != Role.PUBLISHER) {
      stage.goOn(LEASE);
    }
  }
}
