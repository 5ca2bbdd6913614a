package dev.concordat.calls;

import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.Resolver;
import dev.concordat.calls.retry.RetryDecision;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The instances of one service as they come and go, and which of them is asked next.
///
/// Source: The Power of Two Choices in Randomized Load Balancing (Mitzenmacher).
final class Target implements AutoCloseable {
  /// How long a call waits for the first instance to be known, if its deadline allows.
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final String service;
  private final CallsOptions options;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, Line> byAddress = new LinkedHashMap<>();
  private volatile List<Line> lines = List.of();
  private boolean closed;
  private final Resolver.Watch watch;

  Target(String service, CallsOptions options) {
    this.service = service;
    this.options = options;
    this.watch = options.resolver().watch(service, this::become);
  }

  String service() {
    return service;
  }

  /// The less busy of two instances chosen at random, among those that could be reached lately;
  /// among all when none could. Waits a little when none is known.
  ///
  /// @throws Failure with [Code#UNAVAILABLE] when there is no instance
  Line pick(Context context) {
    List<Line> all = lines;
    if (all.isEmpty()) {
      all = await(context);
    }
    List<Line> candidates = reachable(all);
    int first = options.resilience().random().nextInt(candidates.size());
    if (candidates.size() == 1) {
      return candidates.getFirst();
    }
    int other = options.resilience().random().nextInt(candidates.size() - 1);
    Line a = candidates.get(first);
    Line b = candidates.get(other < first ? other : other + 1);
    return a.outstanding() <= b.outstanding() ? a : b;
  }

  private static List<Line> reachable(List<Line> all) {
    for (Line line : all) {
      if (line.penalised()) {
        List<Line> well = all.stream().filter(other -> !other.penalised()).toList();
        return well.isEmpty() ? all : well;
      }
    }
    return all;
  }

  /// Nobody was there: the name is looked up again.
  void unreachable() {
    watch.refresh();
  }

  private void become(List<Endpoint> endpoints) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      Map<String, Endpoint> wanted = new LinkedHashMap<>();
      endpoints.forEach(endpoint -> wanted.put(endpoint.address(), endpoint));
      List<Line> gone = new ArrayList<>();
      byAddress
          .entrySet()
          .removeIf(entry -> {
            boolean stays = wanted.containsKey(entry.getKey());
            if (!stays) {
              gone.add(entry.getValue());
            }
            return !stays;
          });
      wanted.forEach(
          (address, endpoint) -> byAddress.computeIfAbsent(address, a -> line(endpoint)));
      lines = List.copyOf(byAddress.values());
      gone.forEach(line -> line.connection().retire());
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private Line line(Endpoint endpoint) {
    return new Line(
        endpoint,
        options.transport().connect(endpoint, options.clock(), options.limits()),
        options.clock());
  }

  private List<Line> await(Context context) {
    long nanos =
        context
            .deadline()
            .map(Deadline::remaining)
            .filter(left -> left.compareTo(PATIENCE) < 0)
            .orElse(PATIENCE)
            .toNanos();
    lock.lock();
    try {
      while (lines.isEmpty() && nanos > 0 && !closed) {
        nanos = changed.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw context
          .cancellation()
          .reason()
          .orElseGet(() -> Failure.of(Code.CANCELLED, "interrupted while looking for " + service));
    } finally {
      lock.unlock();
    }
    if (lines.isEmpty()) {
      throw Failure.of(Code.UNAVAILABLE, "no instance of " + service + " is known")
          .with(
              Failure.Details.NONE
                  .withDecidedBy("pick")
                  .withReason("NO_INSTANCE")
                  // The wait was the retry.
                  .withSettled(true)
                  .withRetryAfter(RetryDecision.COME_BACK));
    }
    return lines;
  }

  @Override
  public void close() {
    watch.close();
    lock.lock();
    try {
      closed = true;
      lines = List.of();
      byAddress.values().forEach(line -> line.connection().retire());
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Ends every call now.
  void cut() {
    List.copyOf(byAddress.values()).forEach(line -> line.connection().close());
  }

  /// Waits until every call has ended, then ends the rest.
  void drain(Duration grace) throws InterruptedException {
    long until = System.nanoTime() + grace.toNanos();
    for (Line line : List.copyOf(byAddress.values())) {
      Duration left = Duration.ofNanos(Math.max(0, until - System.nanoTime()));
      if (!line.connection().awaitEnd(left)) {
        line.connection().close();
      }
    }
  }
}
