package dev.concordat.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A clock that stands still until a test moves it. Sleepers wake when their time has come.
///
/// Threads: safe for many.
public final class ManualClock implements Clock {
  private static final long PATIENCE_SECONDS = 30;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Long> wakeTimes = new ArrayList<>();
  private final Instant start;
  private long nanos;

  /// A clock that begins at this instant.
  public ManualClock(Instant start) {
    this.start = start;
  }

  /// A clock that begins at 2026-01-01T00:00:00Z.
  public ManualClock() {
    this(Instant.parse("2026-01-01T00:00:00Z"));
  }

  @Override
  public Instant now() {
    return start.plusNanos(nanos());
  }

  @Override
  public long nanos() {
    lock.lock();
    try {
      return nanos;
    } finally {
      lock.unlock();
    }
  }

  /// Moves time forward and wakes whoever is due.
  public void advance(Duration by) {
    if (by.isNegative()) {
      throw new IllegalArgumentException("time does not run backwards: " + by);
    }
    lock.lock();
    try {
      nanos += Nanos.of(by);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Returns once this many threads sleep on this clock and are not yet due, so that a test moves
  /// time only when the code under test has come to rest.
  ///
  /// @throws IllegalStateException after 30 seconds of real time
  public void awaitSleepers(int count) throws InterruptedException {
    long patience = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    lock.lockInterruptibly();
    try {
      while (sleepers() < count) {
        if (patience <= 0) {
          throw new IllegalStateException(
              "expected %d sleepers within %d s, there are %d"
                  .formatted(count, PATIENCE_SECONDS, sleepers()));
        }
        patience = changed.awaitNanos(patience);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      Long until = nanos + Nanos.of(duration);
      wakeTimes.add(until);
      changed.signalAll();
      try {
        while (nanos < until) {
          changed.await();
        }
      } finally {
        wakeTimes.remove(until);
      }
    } finally {
      lock.unlock();
    }
  }

  // Whoever is due counts no more, even if its thread has not got round to waking.
  private long sleepers() {
    return wakeTimes.stream().filter(until -> until > nanos).count();
  }
}
