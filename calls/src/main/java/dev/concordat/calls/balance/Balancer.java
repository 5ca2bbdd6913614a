package dev.concordat.calls.balance;

import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.protect.Breaking;
import dev.concordat.core.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/// Chooses which instance of a service is asked next: of two drawn at random, the one where one
/// more call costs less. What a call costs is the latency seen lately, times the calls under way,
/// more for those that fail.
///
/// An instance that fails much more than the others is left alone for a while; see [Breaking].
///
/// Threads: safe for many; a pick takes no lock that others hold for long, and costs the same for
/// ten instances as for a thousand.
///
/// Source: The Power of Two Choices in Randomized Load Balancing (Mitzenmacher); Finagle's peak
/// EWMA; Envoy's slow start, priority levels, outlier detection and panic threshold.
///
/// @param <C> the way to an instance
public final class Balancer<C> {
  /// How often what changes with time is looked at, in nanoseconds.
  static final long STEP = 100_000_000L;

  private final Balancing options;
  private final Breaking breaking;
  private final Clock clock;
  private final RandomGenerator random;
  private final long decay;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Instance<C>> members = new LinkedHashMap<>();
  private volatile boolean changed;
  private volatile Choice<C> choice = new Choice<>(List.of(), false, 0, Long.MAX_VALUE);
  private volatile double meanWeight = 1;
  private volatile double usual;
  private volatile long usualAt;

  /// A balancer that knows nobody.
  ///
  /// @param random draws, safe for many threads when the balancer is used by many
  public Balancer(Balancing options, Breaking breaking, Clock clock, RandomGenerator random) {
    this.options = options;
    this.breaking = breaking;
    this.clock = clock;
    this.random = random;
    this.decay = options.decay().toNanos();
  }

  /// What has become of the members.
  ///
  /// @param joined who was not there before
  /// @param gone who is not there any more: calls under way go on, no new ones come
  public record Change<C>(List<Instance<C>> joined, List<Instance<C>> gone) {}

  /// Replaces the members. Who was there already keeps its past. Who joins others starts slowly;
  /// the first ones do not.
  ///
  /// @param connect makes the way to a new one; returns at once
  public Change<C> become(List<Endpoint> endpoints, Function<Endpoint, C> connect) {
    lock.lock();
    try {
      Map<String, Endpoint> wanted = new LinkedHashMap<>();
      endpoints.forEach(endpoint -> wanted.put(endpoint.address(), endpoint));
      List<Instance<C>> gone = new ArrayList<>();
      members.forEach((address, instance) -> {
        if (!wanted.containsKey(address)) {
          gone.add(instance);
        }
      });
      boolean late = !members.isEmpty();
      gone.forEach(instance -> members.remove(instance.endpoint().address()));
      List<Instance<C>> joined = new ArrayList<>();
      wanted.forEach((address, endpoint) -> {
        Instance<C> known = members.get(address);
        if (known == null) {
          known = new Instance<>(this, endpoint, connect.apply(endpoint), late);
          members.put(address, known);
          joined.add(known);
        }
        known.moved(endpoint);
      });
      make(clock.nanos());
      return new Change<>(joined, gone);
    } finally {
      lock.unlock();
    }
  }

  /// The instance to ask next; empty when nobody is known.
  public Optional<Instance<C>> pick() {
    return pick(false, instance -> false);
  }

  /// The instance to ask next; empty when nobody is known.
  ///
  /// @param stream whether a stream is opened: those are spread by the number of open ones too
  /// @param tried who has failed this call already and is only asked when there is nobody else
  public Optional<Instance<C>> pick(boolean stream, Predicate<? super Instance<C>> tried) {
    long now = clock.nanos();
    Choice<C> from = choice(now);
    if (from.tiers().isEmpty()) {
      return Optional.empty();
    }
    Instance<C> picked = cheaper(from.tier(random), stream, now);
    return Optional.of(tried.test(picked) ? other(from, picked, tried, now) : picked);
  }

  private Instance<C> cheaper(Choice.Tier<C> tier, boolean stream, long now) {
    List<Instance<C>> instances = tier.instances;
    if (instances.size() == 1) {
      return instances.getFirst();
    }
    int first = tier.draw(random);
    Instance<C> a = instances.get(first);
    Instance<C> b = instances.get(tier.drawOther(first, random));
    double costA = a.cost(now, usual);
    double costB = b.cost(now, usual);
    if (stream) {
      costA *= a.streams() + 1;
      costB *= b.streams() + 1;
    }
    return costA <= costB ? a : b;
  }

  private Instance<C> other(
      Choice<C> from, Instance<C> picked, Predicate<? super Instance<C>> tried, long now) {
    Instance<C> best = picked;
    double least = Double.POSITIVE_INFINITY;
    for (Choice.Tier<C> tier : from.tiers()) {
      for (Instance<C> instance : tier.instances) {
        double cost = tried.test(instance) ? least : instance.cost(now, usual);
        if (cost < least) {
          best = instance;
          least = cost;
        }
      }
    }
    return best;
  }

  /// Everybody who is known, asked or not.
  public List<Instance<C>> instances() {
    lock.lock();
    try {
      return List.copyOf(members.values());
    } finally {
      lock.unlock();
    }
  }

  /// Whether so many fail that it no longer matters who does.
  public boolean panic() {
    return choice(clock.nanos()).panic();
  }

  /// How many instances calls are spread over.
  public int candidates() {
    int sum = 0;
    for (Choice.Tier<C> tier : choice.tiers()) {
      sum += tier.instances.size();
    }
    return sum;
  }

  private Choice<C> choice(long now) {
    // Whoever comes second takes what there is.
    if ((changed || choice.isStale(now)) && lock.tryLock()) {
      try {
        make(now);
      } finally {
        lock.unlock();
      }
    }
    return choice;
  }

  private void make(long now) {
    changed = false;
    meanWeight = members.values().stream().mapToDouble(Instance::weight).average().orElse(1);
    choice = Tiers.make(List.copyOf(members.values()), options, now);
  }

  /// It wants to be left alone; it is when the others do better, and not too many are already.
  void consider(Instance<C> instance, long now) {
    lock.lock();
    try {
      int out = 0;
      long calls = 0;
      long failures = 0;
      for (Instance<C> other : members.values()) {
        Standing.State state = other.state(now);
        if (other.equals(instance)) {
          continue;
        }
        if (state == Standing.State.EJECTED || state == Standing.State.TRIAL) {
          out++;
        } else {
          long[] counts = other.counts(now);
          calls += counts[0];
          failures += counts[1];
        }
      }
      long[] own = instance.counts(now);
      // As shares: failures/calls of the others, doubled, against its own.
      boolean outlier = 2.0 * failures * own[0] <= (double) own[1] * calls;
      if (outlier && out + 1 <= Math.floor(options.ejectable() * members.size())) {
        instance.eject(now);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Somebody answered. Threads may overwrite each other here; one sample more or less is nothing.
  void answered(long nanos, long now) {
    double before = usual;
    usual =
        before == 0 ? nanos : nanos + (before - nanos) * Math.exp((usualAt - now) / (double) decay);
    usualAt = now;
  }

  /// What an answer takes on average, in nanoseconds; 0 while nobody has answered.
  double usual() {
    return usual;
  }

  double meanWeight() {
    return meanWeight;
  }

  void changed() {
    changed = true;
  }

  Clock clock() {
    return clock;
  }

  Balancing options() {
    return options;
  }

  Breaking breaking() {
    return breaking;
  }

  long decay() {
    return decay;
  }
}
