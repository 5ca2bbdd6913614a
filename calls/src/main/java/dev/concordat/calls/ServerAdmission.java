package dev.concordat.calls;

import dev.concordat.calls.protect.AdaptiveLimit;
import dev.concordat.contract.Shape;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import dev.concordat.core.Observer;
import dev.concordat.core.Priority;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// Takes on no more calls than can be worked on at once; see [AdaptiveLimit]. A call's priority is
/// its caller's or its contract's, whichever is less; every attempt after the first has one less.
///
/// Streams have places of their own, as many as the ceiling, and their time says nothing about
/// load: one that is open for an hour must not stand in the way of calls that take a millisecond.
///
/// There is no queue: threads are free, so whoever is let in is already queueing, for the CPU or
/// for the database, and that is what the limit measures. One more queue before it would only add
/// to the time after which a caller hears that it should go elsewhere.
final class ServerAdmission implements AutoCloseable {
  private static final Duration COME_BACK = Duration.ofMillis(100);

  private final AdaptiveLimit calls;
  private final int mostStreams;
  private final AtomicInteger streams = new AtomicInteger();
  private final Observer observer;
  private final List<Runnable> gauges;

  ServerAdmission(ServerOptions options) {
    int ceiling = options.limits().concurrentCalls();
    var admission = options.protection().admission();
    this.calls =
        new AdaptiveLimit(
            admission.withCeiling(Math.min(ceiling, admission.ceiling())), options.clock());
    this.mostStreams = ceiling;
    this.observer = options.observer();
    Map<String, String> of = Map.of("concordat.service", options.service());
    this.gauges =
        List.of(
            observer.gauge("concordat.calls.limit", of, calls::limit),
            observer.gauge("concordat.calls.in_flight", of, calls::inFlight),
            observer.gauge("concordat.calls.streams", of, streams::get));
  }

  /// A place for one call.
  @FunctionalInterface
  interface Place {
    /// Gives it back.
    ///
    /// @param telling whether the time that the call took says something about load
    void leave(boolean telling);
  }

  /// Takes a place.
  ///
  /// @throws Failure with `RESOURCE_EXHAUSTED` when there is none
  Place enter(ServedMethod served, Context context) {
    Priority own = served.method().policy().priority();
    Priority callers = context.priority();
    Priority priority = own.compareTo(callers) < 0 ? own : callers;
    if (served.method().shape() != Shape.UNARY) {
      return enterStream(served, priority);
    }
    AdaptiveLimit.Place place =
        calls
            .enter(priority)
            .orElseThrow(() -> refused(served, priority, "calls at once: " + calls.limit()));
    return place::leave;
  }

  private Place enterStream(ServedMethod served, Priority priority) {
    int most = priority == Priority.LOW ? Math.max(1, mostStreams * 4 / 5) : mostStreams;
    if (streams.incrementAndGet() > most) {
      streams.decrementAndGet();
      throw refused(served, priority, "streams at once: " + most);
    }
    return telling -> streams.decrementAndGet();
  }

  private Failure refused(ServedMethod served, Priority priority, String limit) {
    observer.count(
        "concordat.calls.refused",
        1,
        Map.of(
            "rpc.method",
            served.method().fullName(),
            "concordat.priority",
            priority.name().toLowerCase(Locale.ROOT)));
    return Failure.of(Code.RESOURCE_EXHAUSTED, "the service is at its limit of " + limit)
        .with(
            Failure.Details.NONE
                .withDecidedBy("admission")
                .withReason("OVERLOADED")
                .withRetryAfter(COME_BACK));
  }

  @Override
  public void close() {
    gauges.forEach(Runnable::run);
  }
}
