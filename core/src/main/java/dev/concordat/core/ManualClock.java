package dev.concordat.core;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A clock that stands still until a test moves it. Sleepers wake when their time has come.
///
/// Threads: safe for many.
public final class ManualClock implements Clock {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Instant start;
  private long nanos;
  private int sleepers;

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
      nanos += by.toNanos();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Returns once this many threads sleep on this clock, so that a test moves time only when the
  /// code under test has come to rest.
  public void awaitSleepers(int count) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (sleepers < count) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long until = nanos + duration.toNanos();
      sleepers++;
      changed.signalAll();
      try {
        while (nanos < until) {
          changed.await();
        }
      } finally {
        sleepers--;
      }
    } finally {
      lock.unlock();
    }
  }
}
