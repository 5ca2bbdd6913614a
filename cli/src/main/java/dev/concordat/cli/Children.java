package dev.concordat.cli;

import dev.concordat.core.Background;
import dev.concordat.core.Clock;
import dev.concordat.core.Fanout;
import dev.concordat.service.Part;
import dev.concordat.service.Plan;
import dev.concordat.service.RunningSystem;
import dev.concordat.service.Site;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// Runs every part of a plan in a JVM of its own, and starts again what dies.
///
/// Threads: safe for many.
final class Children implements RunningSystem {
  private final Program program;
  private final Plan plan;
  private final Site site;
  private final Path logs;
  private final Terminal terminal;
  private final Map<String, Child> children = new ConcurrentHashMap<>();
  private final Map<String, String> foreign = new ConcurrentHashMap<>();
  private final Background background = new Background("children");

  /// @param logs folder for what the children write
  Children(Program program, Site site, Path logs, Terminal terminal) {
    this.program = program;
    this.plan = program.plan();
    this.site = site;
    this.logs = logs;
    this.terminal = terminal;
  }

  /// Starts all parts, in the order in which [dev.concordat.service.OneJvm] does.
  ///
  /// @param moved told where the parts are, now and whenever one was started again
  void start(Consumer<Map<String, SystemFile.Place>> moved) {
    try {
      site.createDatabases(plan);
      for (Part.Kind kind : Part.Kind.values()) {
        Fanout.each(plan.parts(kind), this::start);
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    tell(moved);
    children.values().forEach(child -> keepAlive(child, moved));
  }

  @Override
  public Map<String, String> addresses() {
    Map<String, String> addresses = new TreeMap<>();
    children.forEach((name, child) -> addresses.put(name, child.address()));
    return addresses;
  }

  @Override
  public Map<String, Set<String>> meet(Duration patience) {
    Map<String, Set<String>> missing = new ConcurrentHashMap<>();
    Fanout.each(
        List.copyOf(children.values()),
        child -> {
          missing.put(child.name(), child.meet(patience));
          return child.name();
        });
    missing.values().removeIf(Set::isEmpty);
    return new TreeMap<>(missing);
  }

  @Override
  public void stop(Duration grace) {
    children.values().forEach(Child::forget);
    for (Part.Kind kind : List.of(Part.Kind.values()).reversed()) {
      Fanout.each(plan.parts(kind), part -> stop(part, grace));
    }
    background.close();
  }

  /// One after the other, or where a part was could be told last.
  private synchronized void tell(Consumer<Map<String, SystemFile.Place>> moved) {
    moved.accept(places());
  }

  private Map<String, SystemFile.Place> places() {
    Map<String, SystemFile.Place> places = new TreeMap<>();
    children.forEach(
        (name, child) -> places.put(name, new SystemFile.Place(child.pid(), child.address())));
    return places;
  }

  private Child start(Part part) {
    long begun = Clock.SYSTEM.nanos();
    Child child = new Child(program, part, site, foreign, logs.resolve(part.name() + ".log"));
    children.put(part.name(), child);
    child.start();
    if (part.kind() == Part.Kind.FOREIGN) {
      foreign.put(part.name(), child.address());
    }
    terminal.started(part.name(), child.pid(), child.address(), since(begun));
    return child;
  }

  private void keepAlive(Child child, Consumer<Map<String, SystemFile.Place>> moved) {
    background.start(
        child.name(),
        () ->
            child.keepAlive(() -> {
              // First where it is, or whoever reads the line would look for it where it was.
              tell(moved);
              terminal.restarted(child.name(), child.pid(), child.address());
            }));
  }

  private boolean stop(Part part, Duration grace) {
    long begun = Clock.SYSTEM.nanos();
    Child child = children.remove(part.name());
    if (child == null) {
      return false;
    }
    child.stop(grace);
    terminal.stopped(part.name(), since(begun));
    return true;
  }

  private static Duration since(long begun) {
    return Duration.ofNanos(Clock.SYSTEM.nanos() - begun);
  }
}
