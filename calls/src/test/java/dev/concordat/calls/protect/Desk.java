package dev.concordat.calls.protect;

import dev.concordat.core.ManualClock;
import dev.concordat.core.Priority;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;

/// A server in virtual time: some workers, a queue before them, random arrivals.
final class Desk {
  private final ManualClock clock = new ManualClock();
  private final Random random;
  private final PriorityQueue<Event> events =
      new PriorityQueue<>((a, b) -> Long.compare(a.at(), b.at()));
  private final Deque<Work> queue = new ArrayDeque<>();
  private final Map<Priority, Tally> tallies = new EnumMap<>(Priority.class);
  private final Optional<AdaptiveLimit> limit;
  private int busy;
  private int workers = 8;
  private double serviceMillis = 5;
  private double waitMillis;
  private double deadlineMillis = 200;
  private double perSecond;
  private double shareLow = 0.4;
  private double shareHigh = 0.2;

  private record Event(long at, Runnable what) {}

  private record Work(Priority priority, long since, Optional<AdaptiveLimit.Place> place) {}

  /// What became of the calls of one priority.
  static final class Tally {
    long asked;
    long good;
    long late;
    long refused;
  }

  Desk(long seed, Optional<Admission> admission) {
    this.random = new Random(seed);
    this.limit = admission.map(options -> new AdaptiveLimit(options, clock));
    for (Priority priority : Priority.values()) {
      tallies.put(priority, new Tally());
    }
  }

  /// Calls a second that the workers can do.
  double capacity() {
    return workers * 1000 / serviceMillis;
  }

  /// Waiting for somebody else, without a worker.
  Desk waiting(double millis) {
    waitMillis = millis;
    return this;
  }

  Desk workers(int workers, double serviceMillis) {
    this.workers = workers;
    this.serviceMillis = serviceMillis;
    return this;
  }

  Desk shares(double low, double high) {
    this.shareLow = low;
    this.shareHigh = high;
    return this;
  }

  Tally tally(Priority priority) {
    return Objects.requireNonNull(tallies.get(priority));
  }

  /// How many of those that asked were answered in time.
  double share(Priority priority) {
    return tally(priority).good / (double) tally(priority).asked;
  }

  long good() {
    return tallies.values().stream().mapToLong(tally -> tally.good).sum();
  }

  long refused() {
    return tallies.values().stream().mapToLong(tally -> tally.refused).sum();
  }

  AdaptiveLimit limit() {
    return limit.orElseThrow();
  }

  /// Forgets what was counted.
  Desk recount() {
    tallies.replaceAll((priority, old) -> new Tally());
    return this;
  }

  Desk run(double load, Duration time) {
    perSecond = load;
    long end = clock.nanos() + time.toNanos();
    long[] stop = {end};
    Runnable[] arrive = new Runnable[1];
    arrive[0] =
        () -> {
          arrived();
          long next = clock.nanos() + (long) exponential(1e9 / perSecond);
          if (next < stop[0]) {
            events.add(new Event(next, arrive[0]));
          }
        };
    events.add(new Event(clock.nanos(), arrive[0]));
    while (!events.isEmpty() && events.peek().at() <= end) {
      Event event = events.poll();
      clock.advance(Duration.ofNanos(event.at() - clock.nanos()));
      event.what().run();
    }
    clock.advance(Duration.ofNanos(end - clock.nanos()));
    return this;
  }

  private void arrived() {
    double dice = random.nextDouble();
    Priority priority =
        dice < shareLow
            ? Priority.LOW
            : dice < shareLow + shareHigh ? Priority.HIGH : Priority.NORMAL;
    tally(priority).asked++;
    Optional<AdaptiveLimit.Place> place = limit.flatMap(l -> l.enter(priority));
    if (limit.isPresent() && place.isEmpty()) {
      tally(priority).refused++;
      return;
    }
    queue.add(new Work(priority, clock.nanos(), place));
    begin();
  }

  private void begin() {
    if (busy == workers || queue.isEmpty()) {
      return;
    }
    busy++;
    Work work = queue.poll();
    long done = clock.nanos() + (long) exponential(serviceMillis * 1e6);
    events.add(
        new Event(
            done,
            () -> {
              busy--;
              long end = clock.nanos() + (long) exponential(waitMillis * 1e6);
              events.add(new Event(end, () -> ended(work)));
              begin();
            }));
  }

  private void ended(Work work) {
    work.place().ifPresent(place -> place.leave(true));
    boolean inTime = clock.nanos() - work.since() <= deadlineMillis * 1e6;
    if (inTime) {
      tally(work.priority()).good++;
    } else {
      tally(work.priority()).late++;
    }
  }

  private double exponential(double mean) {
    return -mean * Math.log(1 - random.nextDouble());
  }
}
