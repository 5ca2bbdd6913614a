package dev.concordat.calls.protect;

import dev.concordat.core.Clock;
import dev.concordat.core.Priority;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// How many calls a server works on at once, found from how long they take: when calls take longer
/// than they do without load, more of them at once would only wait for each other.
///
/// - After each window, `limit = limit * gradient + sqrt(limit)`, where the gradient is `tolerance
///   * unloaded / measured`, from 0.5 to 1. The limit rises only while half of it is in use, and
///     falls only while it refuses: what nobody runs into need not be lower.
/// - How long calls take unloaded is not the shortest time ever seen, which drifts with every mix
///   of calls, but the mean of a moment with a quarter of the limit in use: learnt in passing while
///   there is little to do, and measured every ten seconds while calls are refused, by letting in
///   fewer for as long as it takes to see 30 of them. It is also measured at once when calls take
///   three times as long as tolerated: then a dependency has become slow, which fewer calls here
///   would not help, and the limit comes back.
/// - A moment is no overload: unless something was refused in the last second, four times the limit
///   may be in flight, up to the ceiling.
///
/// Priorities, while there is more than enough: `LOW` is let in below three quarters of the limit,
/// `NORMAL` below the limit, `HIGH` below four times the limit. None starves: a twentieth of the
/// limit is always there for `LOW`, a tenth for `NORMAL`, one place at least.
///
/// Threads: safe for many; nothing here waits.
///
/// Source: the gradient of Envoy's adaptive concurrency filter and of Netflix's concurrency-limits
/// (`Gradient2Limit`).
public final class AdaptiveLimit {
  private static final int FEWEST = 30;
  private static final int PROBE_DEPTH = 4;
  private static final int BURST = 4;
  private static final int URGENT = 2;
  private static final int PATIENCE = 3;
  private static final double JUMP = 3;
  private static final double LEARNING = 0.2;
  private static final double STEEPEST = 0.5;
  private static final long CALM_NANOS = 1_000_000_000L;

  private final Admission options;
  private final Clock clock;
  private final Map<Priority, Count> counts = new EnumMap<>(Priority.class);
  private int total;
  private double limit;
  private double unloaded;
  private Phase phase = Phase.REGULATING;
  private Window window;
  private long lastRefused;
  private long measuredAt;

  private enum Phase {
    REGULATING,
    /// Lets in few until no more than these are in flight.
    DRAINING,
    /// Sees how long these few take.
    MEASURING
  }

  /// A limit at its start.
  public AdaptiveLimit(Admission options, Clock clock) {
    this.options = options;
    this.clock = clock;
    this.limit = options.start();
    for (Priority priority : Priority.values()) {
      counts.put(priority, new Count());
    }
    long now = clock.nanos();
    this.window = new Window(now);
    this.lastRefused = now - CALM_NANOS;
    this.measuredAt = now - options.measureAgain().toNanos();
  }

  /// Takes a place for one call.
  ///
  /// @return empty when it is refused
  public synchronized Optional<Place> enter(Priority priority) {
    long now = clock.nanos();
    Count own = count(priority);
    boolean fits =
        total < options.ceiling()
            && (total < bound(priority, now) || own.inFlight < share(priority));
    if (!fits) {
      own.refused++;
      window.refusals++;
      lastRefused = now;
      return Optional.empty();
    }
    window.pass(total, now);
    total++;
    own.inFlight++;
    window.peak = Math.max(window.peak, total);
    return Optional.of(new Place(priority, now));
  }

  /// How many calls of normal priority may be in flight.
  public synchronized int limit() {
    return (int) limit;
  }

  /// How many calls are in flight.
  public synchronized int inFlight() {
    return total;
  }

  /// How many calls of this priority were refused so far.
  public synchronized long refused(Priority priority) {
    return count(priority).refused;
  }

  /// One call that was let in.
  public final class Place {
    private final Priority priority;
    private final long since;
    private boolean left;

    private Place(Priority priority, long since) {
      this.priority = priority;
      this.since = since;
    }

    /// The call has ended. A second time does nothing.
    ///
    /// @param telling whether the time that it took says something about load: not when its work
    ///   was not begun, or was given up in the middle
    public void leave(boolean telling) {
      synchronized (AdaptiveLimit.this) {
        if (!left) {
          left = true;
          AdaptiveLimit.this.leave(this, telling);
        }
      }
    }
  }

  private void leave(Place place, boolean telling) {
    long now = clock.nanos();
    window.pass(total, now);
    total--;
    count(place.priority).inFlight--;
    if (telling) {
      window.add(now - place.since);
    }
    switch (phase) {
      case REGULATING -> {
        if (window.calls >= FEWEST && now - window.since >= options.window().toNanos()) {
          regulate(now);
        }
      }
      case DRAINING -> {
        if (total <= URGENT * few() + 2) {
          phase = Phase.MEASURING;
          window = new Window(now);
        }
      }
      case MEASURING -> {
        if (window.calls >= FEWEST) {
          unloaded = window.turnover();
          measuredAt = now;
          phase = Phase.REGULATING;
          window = new Window(now);
        }
      }
    }
  }

  private void regulate(long now) {
    Window seen = window;
    window = new Window(now);
    window.peak = total;
    double measured = seen.mean();
    boolean refusing = seen.refusals > 0;
    boolean pressed = seen.peak >= limit / 2;
    if (unloaded == 0) {
      unloaded = measured;
    } else if (!pressed || measured < unloaded) {
      unloaded += (measured - unloaded) * LEARNING;
    }
    double stretch = measured / (unloaded * options.tolerance());
    if (refusing && due(stretch, now)) {
      phase = Phase.DRAINING;
      return;
    }
    double gradient = Math.clamp(1 / stretch, STEEPEST, 1);
    if (pressed && (refusing || gradient == 1)) {
      limit = Math.clamp(limit * gradient + Math.sqrt(limit), options.floor(), options.ceiling());
    }
  }

  private boolean due(double stretch, long now) {
    long age = now - measuredAt;
    return age >= options.measureAgain().toNanos() || (stretch > JUMP && age >= CALM_NANOS);
  }

  private double bound(Priority priority, long now) {
    boolean calm = now - lastRefused >= CALM_NANOS;
    double places = phase == Phase.REGULATING ? (calm ? BURST * limit : limit) : few();
    return switch (priority) {
      case LOW -> places * 0.75;
      case NORMAL -> places;
      case HIGH -> phase == Phase.REGULATING || patient(now) ? BURST * limit : URGENT * few();
    };
  }

  /// A burst is worked off without refusing what is important, unless that is the burst.
  private boolean patient(long now) {
    return phase == Phase.DRAINING && now - window.since < PATIENCE * options.window().toNanos();
  }

  private double share(Priority priority) {
    double places = phase == Phase.REGULATING ? limit : few();
    return switch (priority) {
      case LOW -> Math.max(1, places / 20);
      case NORMAL -> Math.max(1, places / 10);
      case HIGH -> 0;
    };
  }

  private int few() {
    return Math.max(1, (int) limit / PROBE_DEPTH);
  }

  private Count count(Priority priority) {
    return Objects.requireNonNull(counts.get(priority));
  }

  /// The calls of one priority.
  private static final class Count {
    private int inFlight;
    private long refused;
  }

  /// What was seen since an instant.
  private static final class Window {
    private final long since;
    private int calls;
    private double nanos;
    private double occupied;
    private long passed;
    private int refusals;
    private int peak;

    Window(long since) {
      this.since = since;
      this.passed = since;
    }

    /// So many were in flight until now.
    void pass(int inFlight, long now) {
      occupied += (double) inFlight * (now - passed);
      passed = now;
    }

    void add(long took) {
      calls++;
      nanos += took;
    }

    double mean() {
      return nanos / calls;
    }

    /// How long a call takes by Little's law. The mean of a short time would not do: of the calls
    /// that began in it, it has seen only the quick ones.
    double turnover() {
      return occupied / calls;
    }
  }
}
