package dev.concordat.calls;

import dev.concordat.calls.balance.Balancer;
import dev.concordat.calls.balance.Instance;
import dev.concordat.calls.balance.Standing;
import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.Resolver;
import dev.concordat.calls.protect.Bulkhead;
import dev.concordat.calls.record.Trail;
import dev.concordat.calls.retry.RetryDecision;
import dev.concordat.calls.wire.Connection;
import dev.concordat.calls.wire.OutgoingCall;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The instances of one service as they come and go, and which of them is asked next.
///
/// Whoever leaves gets no new calls and ends those it has. Whoever joins others is connected to
/// first; the first ones are connected to as soon as they are known.
final class Target implements AutoCloseable {
  /// How long a call waits for the first instance to be known, if its deadline allows.
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final String service;
  private final CallsOptions options;
  private final Balancer<Connection> balancer;
  private final Bulkhead calls;
  private final Bulkhead streams;
  private final Tending tending;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Connection> leaving = new ArrayList<>();
  private final List<Runnable> gauges = new ArrayList<>();
  private volatile boolean closed;
  private boolean met;
  private final Resolver.Watch watch;

  Target(String service, CallsOptions options) {
    this.service = service;
    this.options = options;
    Resilience resilience = options.resilience();
    this.balancer =
        new Balancer<>(
            resilience.balancing(), resilience.breaking(), options.clock(), resilience.random());
    this.calls = new Bulkhead(service, resilience.bulkhead());
    this.streams = new Bulkhead(service, resilience.bulkhead());
    this.tending =
        new Tending(service, options.clock(), resilience.balancing().checkEvery(), this::reached);
    gauges();
    this.watch = options.resolver().watch(service, this::become);
  }

  String service() {
    return service;
  }

  /// How many may be under way at once.
  Bulkhead bulkhead(boolean stream) {
    return stream ? streams : calls;
  }

  /// The instance to ask next; another one than the call has tried, if there is one. Waits a little
  /// when none is known.
  ///
  /// @throws Failure with [Code#UNAVAILABLE] when there is no instance
  Instance<Connection> pick(OutgoingCall call, boolean stream) {
    Optional<Instance<Connection>> picked = choose(call.trail(), stream);
    if (picked.isEmpty()) {
      await(call.context());
      picked = choose(call.trail(), stream);
    }
    return picked.orElseThrow(() ->
        Failure.of(Code.UNAVAILABLE, "no instance of " + service + " is known")
            .with(
                Failure.Details.NONE
                    .withDecidedBy("pick")
                    .withReason("NO_INSTANCE")
                    // The wait was the retry.
                    .withSettled(true)
                    .withRetryAfter(RetryDecision.COME_BACK)));
  }

  private Optional<Instance<Connection>> choose(Trail trail, boolean stream) {
    return closed
        ? Optional.empty()
        : balancer.pick(stream, instance -> trail.tried(instance.endpoint()));
  }

  /// Between how many a pick chooses.
  int candidates() {
    return balancer.candidates();
  }

  /// Whether there is a choice.
  boolean hasOthers() {
    return candidates() > 1;
  }

  /// How every instance stands.
  List<Standing> standings() {
    return balancer.instances().stream().map(Instance::standing).toList();
  }

  /// An attempt did not go well there.
  ///
  /// @param nobodyThere whether the instance could not be reached: the name is looked up again
  void failed(Instance<Connection> instance, boolean nobodyThere) {
    tending.look(instance);
    if (nobodyThere) {
      watch.refresh();
    }
  }

  private void become(List<Endpoint> endpoints) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      boolean first = balancer.instances().isEmpty();
      Balancer.Change<Connection> change = balancer.become(endpoints, this::connect);
      leaving.removeIf(Target::ended);
      for (Instance<Connection> instance : change.gone()) {
        tending.gone(instance);
        instance.connection().retire();
        leaving.add(instance.connection());
      }
      for (Instance<Connection> instance : change.joined()) {
        if (first) {
          tending.first(instance);
        } else {
          instance.awaited();
          tending.joined(instance);
        }
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void reached() {
    lock.lock();
    try {
      met = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until an instance has answered that it takes calls.
  ///
  /// @return false when none has within the patience
  boolean meet(Duration patience) throws InterruptedException {
    long nanos = patience.toNanos();
    lock.lock();
    try {
      while (!met && nanos > 0 && !closed) {
        nanos = changed.awaitNanos(nanos);
      }
      return met;
    } finally {
      lock.unlock();
    }
  }

  private Connection connect(Endpoint endpoint) {
    return options.transport().connect(service, endpoint, options.clock(), options.limits());
  }

  private static boolean ended(Connection connection) {
    try {
      return connection.awaitEnd(Duration.ZERO);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void await(Context context) {
    long nanos =
        context
            .deadline()
            .map(Deadline::remaining)
            .filter(left -> left.compareTo(PATIENCE) < 0)
            .orElse(PATIENCE)
            .toNanos();
    lock.lock();
    try {
      while (balancer.instances().isEmpty() && nanos > 0 && !closed) {
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
  }

  private void gauges() {
    for (Standing.State state : Standing.State.values()) {
      gauges.add(
          options
              .observer()
              .gauge(
                  "concordat.endpoints",
                  Map.of("peer.service", service, "state", state.name().toLowerCase(Locale.ROOT)),
                  () -> standings().stream().filter(one -> one.state() == state).count()));
    }
    gauges.add(
        options
            .observer()
            .gauge("concordat.outstanding", Map.of("peer.service", service), calls::inside));
    gauges.add(
        options
            .observer()
            .gauge("concordat.streams", Map.of("peer.service", service), streams::inside));
  }

  @Override
  public void close() {
    watch.close();
    lock.lock();
    try {
      closed = true;
      balancer.instances().forEach(instance -> instance.connection().retire());
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    gauges.forEach(Runnable::run);
    tending.close();
  }

  /// Ends every call now.
  void cut() {
    connections().forEach(Connection::close);
  }

  /// Waits until every call has ended, then ends the rest.
  void drain(Duration grace) throws InterruptedException {
    long until = System.nanoTime() + grace.toNanos();
    for (Connection connection : connections()) {
      Duration left = Duration.ofNanos(Math.max(0, until - System.nanoTime()));
      if (!connection.awaitEnd(left)) {
        connection.close();
      }
    }
  }

  private List<Connection> connections() {
    lock.lock();
    try {
      List<Connection> all = new ArrayList<>(leaving);
      balancer.instances().forEach(instance -> all.add(instance.connection()));
      return all;
    } finally {
      lock.unlock();
    }
  }
}
