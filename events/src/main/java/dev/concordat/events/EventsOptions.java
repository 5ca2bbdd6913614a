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
/// @param shards how many sequencers of this service carry what was committed to the log side by
///   side, 1 to 64; a key is always in one of them; may be changed at any time; default 1
public record EventsOptions(
    Clock clock,
    Observer observer,
    Limits limits,
    Duration lease,
    Duration poll,
    SubscriptionOptions subscriptions,
    int shards) {
  private static final int MOST_SHARDS = 64;

  /// The defaults named above.
  public static final EventsOptions DEFAULT =
      new EventsOptions(
          Clock.SYSTEM,
          Observer.NONE,
          Limits.DEFAULT,
          Duration.ofSeconds(6),
          Duration.ofMillis(500),
          SubscriptionOptions.DEFAULT,
          1);

  /// Checks the bounds.
  public EventsOptions {
    if (shards < 1 || shards > MOST_SHARDS) {
      throw new IllegalArgumentException("shards must be 1 to " + MOST_SHARDS + ", got " + shards);
    }
  }

  /// The same on another clock.
  public EventsOptions withClock(Clock clock) {
    return new EventsOptions(clock, observer, limits, lease, poll, subscriptions, shards);
  }

  /// The same with another observer.
  public EventsOptions withObserver(Observer observer) {
    return new EventsOptions(clock, observer, limits, lease, poll, subscriptions, shards);
  }

  /// The same with other limits.
  public EventsOptions withLimits(Limits limits) {
    return new EventsOptions(clock, observer, limits, lease, poll, subscriptions, shards);
  }

  /// The same with another lease.
  public EventsOptions withLease(Duration lease) {
    return new EventsOptions(clock, observer, limits, lease, poll, subscriptions, shards);
  }

  /// The same with another time between two looks.
  public EventsOptions withPoll(Duration poll) {
    return new EventsOptions(clock, observer, limits, lease, poll, subscriptions, shards);
  }

  /// The same with other defaults for subscriptions.
  public EventsOptions withSubscriptions(SubscriptionOptions subscriptions) {
    return new EventsOptions(clock, observer, limits, lease, poll, subscriptions, shards);
  }

  /// The same with another number of sequencers side by side.
  public EventsOptions withShards(int shards) {
    return new EventsOptions(clock, observer, limits, lease, poll, subscriptions, shards);
  }
}
