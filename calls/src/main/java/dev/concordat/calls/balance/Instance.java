package dev.concordat.calls.balance;

import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.protect.Breaker;
import dev.concordat.calls.wire.Health;
import java.time.Duration;
import java.util.Optional;

/// One instance of a service as its caller sees it: how busy, how slow, how reliable.
///
/// Threads: safe for many.
///
/// @param <C> the way to it
public final class Instance<C> {
  /// In nanoseconds. Whoever is faster than this is as fast as the others: what differs is noise.
  private static final double FASTEST = 100_000;

  private static final double WORST = 0.01;
  private static final double FIRST_SHARE = 0.1;
  private static final long UNREACHABLE_FIRST = Duration.ofMillis(500).toNanos();
  private static final int UNREACHABLE_DOUBLINGS = 3;
  private static final long PROBE_EARLIER = Duration.ofSeconds(1).toNanos();

  private final Balancer<C> balancer;
  private final C connection;
  private final PeakEwma latency;
  private final SuccessRate success;
  private final Breaker breaker;
  private volatile Endpoint endpoint;
  private volatile double weight;
  private final Visits visits = new Visits();
  private boolean ramping;
  private long rampSince;
  private boolean tended;
  private boolean joining;
  private Health health = Health.SERVING;
  private int unreached;
  private long unreachableUntil;
  private long judgedAt;

  Instance(Balancer<C> balancer, Endpoint endpoint, C connection, boolean late) {
    this.balancer = balancer;
    this.endpoint = endpoint;
    this.connection = connection;
    long now = balancer.clock().nanos();
    this.weight = weight(endpoint);
    this.latency = new PeakEwma(balancer.options().decay().toNanos());
    this.success = new SuccessRate(balancer.options().decay().toNanos());
    this.breaker = new Breaker(balancer.breaking(), now);
    this.ramping = late;
    this.rampSince = now;
    this.judgedAt = now - Duration.ofSeconds(1).toNanos();
  }

  /// Where it listens.
  public Endpoint endpoint() {
    return endpoint;
  }

  /// The way to it.
  public C connection() {
    return connection;
  }

  /// One attempt begins.
  ///
  /// @param stream whether more than one message may come or go: nobody knows how long that should
  ///   take, so it says nothing about how busy or slow the instance is
  public Visit begin(boolean stream) {
    long now = balancer.clock().nanos();
    Visit visit = new Visit(this, now, stream);
    synchronized (this) {
      visits.enter(visit);
    }
    return visit;
  }

  void end(Visit visit, Outcome outcome) {
    long now = balancer.clock().nanos();
    boolean eject;
    synchronized (this) {
      if (visit.over) {
        return;
      }
      visit.over = true;
      visits.leave(visit);
      long took = now - visit.since;
      if (!visit.stream) {
        learn(outcome, took, now);
      }
      eject = judge(visit, outcome, now);
    }
    if (outcome == Outcome.ANSWERED && !visit.stream) {
      balancer.answered(now - visit.since, now);
    }
    if (eject) {
      balancer.consider(this, now);
    }
  }

  private void learn(Outcome outcome, long took, long now) {
    switch (outcome) {
      case ANSWERED -> latency.answered((double) took, now);
      case FAILED, LATE, REFUSED, ABANDONED -> latency.took((double) took, now, balancer.usual());
      case UNREACHABLE -> {}
    }
  }

  /// @return whether it should be left alone
  private boolean judge(Visit visit, Outcome outcome, long now) {
    return switch (outcome) {
      case ANSWERED -> {
        reached();
        success.well(now);
        if (breaker.well(now)) {
          ramp(now);
        }
        yield false;
      }
      case FAILED -> failed(now);
      // Streams end by their deadline as a matter of course, and a caller in a hurry proves
      // nothing.
      case LATE -> !visit.stream && now - visit.since >= 2 * balancer.usual() && failed(now);
      case REFUSED -> {
        success.failed(now);
        yield false;
      }
      case ABANDONED -> false;
      case UNREACHABLE -> {
        unreachable(now);
        yield false;
      }
    };
  }

  private boolean failed(long now) {
    success.failed(now);
    if (!breaker.failed(now)) {
      return false;
    }
    // When everything fails, the others are looked at only now and then.
    boolean again = now - judgedAt >= Balancer.STEP;
    if (again) {
      judgedAt = now;
    }
    return again || breaker.state(now) == Breaker.State.HALF_OPEN;
  }

  private void unreachable(long now) {
    if (now - unreachableUntil < 0 && unreached > 0) {
      return;
    }
    unreachableUntil = now + (UNREACHABLE_FIRST << Math.min(unreached, UNREACHABLE_DOUBLINGS));
    unreached++;
    balancer.changed();
  }

  private void reached() {
    if (unreached > 0 || joining) {
      unreached = 0;
      joining = false;
      balancer.changed();
    }
  }

  private void ramp(long now) {
    ramping = true;
    rampSince = now;
    latency.forget();
    success.forget();
    balancer.changed();
  }

  /// Leaves it alone for a while.
  synchronized void eject(long now) {
    breaker.open(now);
    latency.forget();
    success.forget();
    balancer.changed();
  }

  /// What it said when it was asked for its health, or that it could not be asked.
  public synchronized void told(Health told) {
    long now = balancer.clock().nanos();
    switch (told) {
      case SERVING -> {
        boolean back = unreached > 0 || health != Health.SERVING;
        if (joining || back) {
          ramp(now);
        }
        reached();
        health = Health.SERVING;
      }
      case NOT_SERVING -> {
        reached();
        health = Health.NOT_SERVING;
      }
      case UNREACHABLE -> {
        unreachableUntil = now;
        unreachable(now);
      }
    }
    balancer.changed();
  }

  /// It is not asked before somebody was heard there, unless there is nobody else.
  public synchronized void awaited() {
    joining = true;
    balancer.changed();
  }

  /// Whether somebody looks after it: an instance that is out then comes back when [#told] says so,
  /// and not by itself when its time is over, so that no call is spent on trying.
  public synchronized void tended(boolean tended) {
    this.tended = tended;
  }

  /// How long until it should be asked for its health; empty when there is no need.
  public synchronized Optional<Duration> nextLook() {
    long now = balancer.clock().nanos();
    return switch (state(now)) {
      case READY, SLOW_START, TRIAL -> Optional.empty();
      case JOINING -> Optional.of(Duration.ZERO);
      case EJECTED -> {
        // A little earlier than calls may come, so that none is spent on one that is dead.
        long left = breaker.openUntil() - now;
        yield Optional.of(Duration.ofNanos(left > PROBE_EARLIER ? left - PROBE_EARLIER : left));
      }
      case NOT_SERVING -> Optional.of(Duration.ofNanos(UNREACHABLE_FIRST));
      case UNREACHABLE -> Optional.of(Duration.ofNanos(Math.max(0, unreachableUntil - now)));
    };
  }

  /// How it stands.
  public Standing standing() {
    long now = balancer.clock().nanos();
    double usual = balancer.usual();
    synchronized (this) {
      Standing.State state = state(now);
      long out =
          switch (state) {
            case EJECTED -> breaker.openUntil() - now;
            case UNREACHABLE -> Math.max(0, unreachableUntil - now);
            case READY, SLOW_START, TRIAL, JOINING, NOT_SERVING -> 0;
          };
      return new Standing(
          endpoint,
          state,
          visits.calls(),
          visits.streams(),
          Duration.ofNanos(latency.known() ? (long) latency.at(now, usual) : 0),
          success.at(now),
          Duration.ofNanos(out));
    }
  }

  Standing.State state(long now) {
    synchronized (this) {
      if (unreached > 0 && (tended || now - unreachableUntil < 0)) {
        return Standing.State.UNREACHABLE;
      }
      if (health == Health.NOT_SERVING) {
        return Standing.State.NOT_SERVING;
      }
      return switch (breaker.state(now)) {
        case OPEN -> Standing.State.EJECTED;
        case HALF_OPEN -> Standing.State.TRIAL;
        case CLOSED ->
            joining
                ? Standing.State.JOINING
                : share(now) < 1 ? Standing.State.SLOW_START : Standing.State.READY;
      };
    }
  }

  /// In how many nanoseconds its state changes by itself, at the latest.
  synchronized long changesIn(long now) {
    return switch (state(now)) {
      case EJECTED -> breaker.openUntil() - now;
      case UNREACHABLE -> tended ? Long.MAX_VALUE : unreachableUntil - now;
      case SLOW_START -> Balancer.STEP;
      case READY, TRIAL, JOINING, NOT_SERVING -> Long.MAX_VALUE;
    };
  }

  /// What one more call would cost here: how long it would take, as busy and as unreliable as it
  /// is.
  synchronized double cost(long now, double usual) {
    double nanos = Math.max(FASTEST, latency.at(now, usual));
    // Who never answers gives no sample: how long its oldest call has waited is one.
    nanos = Math.max(nanos, (double) visits.age(now));
    if (visits.calls() > 0 && breaker.state(now) == Breaker.State.HALF_OPEN) {
      return Double.MAX_VALUE;
    }
    double reliable = Math.max(WORST, success.at(now));
    // Idle ones cost the same whatever they weigh: how often each is drawn sees to that.
    double load = visits.calls() * balancer.meanWeight() / weight;
    return nanos * (load + 1) / (reliable * reliable);
  }

  /// How often it is drawn: its weight, less while it starts slowly.
  synchronized double drawn(long now) {
    return weight * (breaker.state(now) == Breaker.State.HALF_OPEN ? FIRST_SHARE : share(now));
  }

  /// How much of what it should bear it bears.
  synchronized double capacity(long now) {
    return state(now).asked() ? success.at(now) : 0;
  }

  private double share(long now) {
    if (!ramping) {
      return 1;
    }
    long window = balancer.options().slowStart().toNanos();
    long age = now - rampSince;
    if (age >= window) {
      ramping = false;
      return 1;
    }
    return Math.max(FIRST_SHARE, (double) age / window);
  }

  synchronized int streams() {
    return visits.streams();
  }

  double weight() {
    return weight;
  }

  void moved(Endpoint endpoint) {
    this.endpoint = endpoint;
    this.weight = weight(endpoint);
  }

  /// Calls and failures of the last 10 s.
  synchronized long[] counts(long now) {
    return new long[] {breaker.calls(now), breaker.failures(now)};
  }

  private static double weight(Endpoint endpoint) {
    String text = endpoint.attributes().getOrDefault(Endpoint.WEIGHT, "1");
    try {
      return Math.clamp(Double.parseDouble(text), 0.001, 65_535);
    } catch (NumberFormatException e) {
      return 1;
    }
  }
}
