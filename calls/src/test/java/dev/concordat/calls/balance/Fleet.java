package dev.concordat.calls.balance;

import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.protect.Breaking;
import dev.concordat.core.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/// Instances in virtual time: each works on a few calls at once and lets the others wait, as long
/// as it is told to. Calls arrive at random instants at a fixed rate, whether or not the earlier
/// ones were answered.
final class Fleet {
  private static final long DEADLINE = Duration.ofSeconds(1).toNanos();

  final ManualClock clock = new ManualClock();
  final Balancer<Server> balancer;
  final List<Server> servers = new ArrayList<>();
  private final Random random;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long order;
  private final List<Long> latencies = new ArrayList<>();
  int failures;

  Fleet(long seed, int size, Balancing balancing, Breaking breaking) {
    this.random = new Random(seed);
    this.balancer = new Balancer<>(balancing, breaking, clock, new Random(seed + 1));
    for (int i = 0; i < size; i++) {
      servers.add(new Server(Endpoint.of("10.0.0." + (i + 1), 80)));
    }
    announce();
  }

  static Fleet of(long seed, int size) {
    return new Fleet(seed, size, Balancing.DEFAULT, Breaking.DEFAULT);
  }

  void announce() {
    balancer.become(
        servers.stream().map(server -> server.endpoint).toList(),
        endpoint ->
            servers.stream()
                .filter(server -> server.endpoint.equals(endpoint))
                .findFirst()
                .orElseThrow());
  }

  Instance<Server> instance(int index) {
    return balancer.instances().stream()
        .filter(instance -> instance.connection().equals(servers.get(index)))
        .findFirst()
        .orElseThrow();
  }

  /// Forgets what was counted so far.
  void reset() {
    latencies.clear();
    failures = 0;
    servers.forEach(server -> server.asked = 0);
  }

  /// Lets calls arrive.
  void run(int perSecond, Duration time) {
    long until = clock.nanos() + time.toNanos();
    long next = clock.nanos();
    while (true) {
      next += (long) (-Math.log(1 - random.nextDouble()) * 1e9 / perSecond);
      if (next > until) {
        break;
      }
      to(next);
      call();
    }
    to(until);
  }

  private void to(long instant) {
    while (!events.isEmpty() && events.peek().at <= instant) {
      Event event = events.remove();
      move(event.at);
      event.what.run();
    }
    move(instant);
  }

  private void move(long instant) {
    clock.advance(Duration.ofNanos(Math.max(0, instant - clock.nanos())));
  }

  private void at(long instant, Runnable what) {
    events.add(new Event(instant, order++, what));
  }

  private void call() {
    Instance<Server> picked = balancer.pick().orElseThrow();
    Visit visit = picked.begin(false);
    Call call = new Call(visit, clock.nanos());
    at(call.began + DEADLINE, () -> call.end(Outcome.LATE));
    picked.connection().arrive(call);
  }

  long percentile(double share) {
    List<Long> sorted = latencies.stream().sorted().toList();
    return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(share * sorted.size())));
  }

  private record Event(long at, long order, Runnable what) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return at == other.at ? Long.compare(order, other.order) : Long.compare(at, other.at);
    }
  }

  private final class Call {
    private final Visit visit;
    private final long began;
    private boolean over;

    Call(Visit visit, long began) {
      this.visit = visit;
      this.began = began;
    }

    void end(Outcome outcome) {
      if (over) {
        return;
      }
      over = true;
      visit.end(outcome);
      latencies.add(clock.nanos() - began);
      if (outcome != Outcome.ANSWERED) {
        failures++;
      }
    }
  }

  /// One instance: 4 at a time, 10 ms each on average.
  final class Server {
    final Endpoint endpoint;
    double slowness = 1;
    boolean blackHole;
    boolean dead;
    double failing;
    int asked;
    private int busy;
    private final List<Call> waiting = new ArrayList<>();

    Server(Endpoint endpoint) {
      this.endpoint = endpoint;
    }

    private void arrive(Call call) {
      asked++;
      if (dead) {
        call.end(Outcome.UNREACHABLE);
      } else if (random.nextDouble() < failing) {
        at(clock.nanos() + 100_000, () -> call.end(Outcome.FAILED));
      } else if (!blackHole) {
        waiting.add(call);
        work();
      }
    }

    private void work() {
      if (busy >= 4 || waiting.isEmpty()) {
        return;
      }
      Call call = waiting.removeFirst();
      busy++;
      double took = 5e6 - Math.log(1 - random.nextDouble()) * 5e6;
      at(
          clock.nanos() + (long) (took * slowness),
          () -> {
            busy--;
            call.end(Outcome.ANSWERED);
            work();
          });
    }
  }
}
