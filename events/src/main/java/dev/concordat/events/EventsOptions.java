package dev.concordat.events;

import dev.concordat.core.Clock;
import dev.concordat.core.Limits;
import dev.concordat.core.Observer;
import dev.concordat.events.subscriptions.SubscriptionOptions;
import java.time.Duration;

/// How a service's events run.
///
/// @param clock for backoff and for the times on envelopes; leases use the database's; default the
///   machine's
/// @param observer who watches; default nobody
/// @param limits sizes; default [Limits#DEFAULT]
/// @param lease how long a silent process keeps its partitions, sequencer and tasks; renewed three
///   times within it; default 6 s
/// @param poll the longest time between two looks for work when nobody said that there is some;
///   default 500 ms
/// @param subscriptions for subscriptions that say nothing else
public record EventsOptions(
    Clock clock,
    Observer observer,
    Limits limits,
    Duration lease,
    Duration poll,
    SubscriptionOptions subscriptions) {
  /// The defaults named above.
  public static final EventsOptions DEFAULT =
      new EventsOptions(
          Clock.SYSTEM,
          Observer.NONE,
          Limits.DEFAULT,
          Duration.ofSeconds(6),
          Duration.ofMillis(500),
          SubscriptionOptions.DEFAULT);

  /// The same on another clock.
  public EventsOptions withClock(Clock clock) {
    return new EventsOptions(clock, observer, limits, lease, poll, subscriptions);
  }

  /// The same with another observer.
  public EventsOptions withObserver(Observer observer) {
    return new EventsOptions(clock, observer, limits, lease, poll, subscriptions);
  }

  /// The same with other limits.
  public EventsOptions withLimits(Limits limits) {
    return new EventsOptions(clock, observer, limits, lease, poll, subscriptions);
  }

  /// The same with another lease.
  public EventsOptions withLease(Duration lease) {
    return new EventsOptions(clock, observer, limits, lease, poll, subscriptions);
  }

  /// The same with another time between two looks.
  public EventsOptions withPoll(Duration poll) {
    return new EventsOptions(clock, observer, limits, lease, poll, subscriptions);
  }

  /// The same with other defaults for subscriptions.
  public EventsOptions withSubscriptions(SubscriptionOptions subscriptions) {
    return new EventsOptions(clock, observer, limits, lease, poll, subscriptions);
  }
}
