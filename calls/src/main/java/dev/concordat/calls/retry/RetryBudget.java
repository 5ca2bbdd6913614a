package dev.concordat.calls.retry;

import dev.concordat.core.Clock;

/// How many retries a target may still see: a share of its calls of the last ten seconds, or a
/// floor per second where that is more, so that a target with few calls is retried at all.
///
/// Source: Finagle's `RetryBudget`. There the floor comes on top of the share; here what the share
/// gives is taken out of it, or a fleet of many callers would add its floors to a target that has
/// failed. It is a bucket of one second, so that a quiet target has not saved up a storm.
public final class RetryBudget {
  private static final int SECONDS = 10;
  private static final long SECOND = 1_000_000_000L;

  private final Clock clock;
  private final double share;
  private final int floor;
  private final long[] calls = new long[SECONDS];
  private final long[] retries = new long[SECONDS];
  private long second;
  private double spare;
  private long filledAt;

  public RetryBudget(Retries retries, Clock clock) {
    this.clock = clock;
    this.share = retries.share();
    this.floor = retries.floor();
    this.filledAt = clock.nanos();
    this.second = filledAt / SECOND;
    this.spare = floor;
  }

  /// A call has begun.
  public synchronized void call() {
    turn();
    calls[slot()]++;
  }

  /// Takes one retry out of the budget.
  ///
  /// @return false when there is none
  public synchronized boolean take() {
    turn();
    boolean within = sum(retries) + 1 <= share * sum(calls) || spare >= 1;
    if (within) {
      retries[slot()]++;
      spare = Math.max(0, spare - 1);
    }
    return within;
  }

  /// Retries that could be taken now.
  public synchronized double left() {
    turn();
    return Math.max(share * sum(calls) - sum(retries), spare);
  }

  private void turn() {
    long now = clock.nanos();
    spare = Math.min(floor, spare + (now - filledAt) * (double) floor / SECOND);
    filledAt = now;
    long today = now / SECOND;
    for (long passed = 0; second < today && passed < SECONDS; passed++) {
      second++;
      calls[slot()] = 0;
      retries[slot()] = 0;
    }
    second = today;
  }

  private int slot() {
    return (int) Math.floorMod(second, (long) SECONDS);
  }

  private static long sum(long[] slots) {
    long sum = 0;
    for (long slot : slots) {
      sum += slot;
    }
    return sum;
  }
}
