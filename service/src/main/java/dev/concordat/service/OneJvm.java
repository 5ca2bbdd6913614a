package dev.concordat.service;

import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Fanout;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// Runs all parts of a plan in this JVM: each service on its own port and database, talking to the
/// others over real sockets, as it would from another machine.
///
/// Threads: safe for many.
public final class OneJvm implements RunningSystem {
  private final Plan plan;
  private final Site site;
  private final Progress progress;
  private final Map<String, Running> running = new ConcurrentHashMap<>();
  private final Map<String, String> foreign = new ConcurrentHashMap<>();

  private OneJvm(Plan plan, Site site, Progress progress) {
    this.plan = plan;
    this.site = site;
    this.progress = progress;
  }

  /// Creates the databases that are missing and starts every part: foreign ones, then the services
  /// at once, then the edge.
  ///
  /// Failure: when a part does not start, those that did are stopped, and its failure is thrown.
  public static OneJvm start(Plan plan, Site site, Progress progress) {
    OneJvm system = new OneJvm(plan, site, progress);
    try {
      site.createDatabases(plan);
      for (Part.Kind kind : EnumSet.allOf(Part.Kind.class)) {
        system.startAll(plan.parts(kind));
      }
      return system;
    } catch (RuntimeException e) {
      system.close();
      throw e;
    }
  }

  @Override
  public Map<String, String> addresses() {
    Map<String, String> addresses = new TreeMap<>();
    running.forEach((name, part) -> addresses.put(name, address(part)));
    return addresses;
  }

  @Override
  public Map<String, Set<String>> meet(Duration patience) {
    Map<String, Set<String>> missing = new ConcurrentHashMap<>();
    Fanout.each(
        List.copyOf(running.entrySet()),
        part -> {
          Set<String> unmet = part.getValue().meet(patience);
          missing.put(part.getKey(), unmet);
          return part.getKey();
        });
    missing.values().removeIf(Set::isEmpty);
    return new TreeMap<>(missing);
  }

  @Override
  public void stop(Duration grace) {
    List<Part.Kind> kinds = List.of(Part.Kind.values());
    for (Part.Kind kind : kinds.reversed()) {
      Fanout.each(plan.parts(kind), part -> stop(part, grace));
    }
  }

  private void startAll(List<Part> parts) {
    Fanout.each(parts, this::start);
  }

  private String start(Part part) {
    long begun = Clock.SYSTEM.nanos();
    int port = part.kind() == Part.Kind.EDGE ? site.port() : 0;
    Running started = start(part, site.environment(part, port, foreign));
    running.put(part.name(), started);
    if (part.kind() == Part.Kind.FOREIGN) {
      foreign.put(part.name(), address(started));
    }
    progress.started(part.name(), address(started), since(begun));
    return part.name();
  }

  private static Running start(Part part, Environment environment) {
    try {
      return part.start().start(environment);
    } catch (Failure e) {
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.of(Code.CANCELLED, part.name() + " was interrupted while starting", e);
    } catch (Exception e) {
      throw Failure.of(Code.INTERNAL, part.name() + " did not start: " + e, e);
    }
  }

  private boolean stop(Part part, Duration grace) {
    Optional<Running> known = Optional.ofNullable(running.remove(part.name()));
    long begun = Clock.SYSTEM.nanos();
    known.ifPresent(it -> {
      it.stop(grace);
      progress.stopped(part.name(), since(begun));
    });
    return known.isPresent();
  }

  private String address(Running part) {
    return site.host() + ":" + part.port();
  }

  private static Duration since(long begun) {
    return Duration.ofNanos(Clock.SYSTEM.nanos() - begun);
  }
}
