package dev.concordat.events.subscriptions;

import dev.concordat.core.Backoff;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Where all lanes of a subscription wait while something that they need is down.
final class Gate {
  private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5));

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long closedUntil = System.nanoTime();
  private int failures;
  private long successes;
  private boolean ended;

  /// Something is down: nobody goes on for a while, longer each time.
  void shut(Optional<Duration> atLeast) {
    lock.lock();
    try {
      failures++;
      Duration wait = BACKOFF.after(failures, ThreadLocalRandom.current());
      Duration least = atLeast.orElse(Duration.ZERO);
      long until = System.nanoTime() + (wait.compareTo(least) < 0 ? least : wait).toNanos();
      if (until - closedUntil > 0) {
        closedUntil = until;
      }
    } finally {
      lock.unlock();
    }
  }

  /// Something worked.
  void worked() {
    lock.lock();
    try {
      failures = 0;
      successes++;
    } finally {
      lock.unlock();
    }
  }

  /// How often something has worked.
  long successes() {
    lock.lock();
    try {
      return successes;
    } finally {
      lock.unlock();
    }
  }

  /// Waits until it is open.
  ///
  /// @return false when nobody is to go on any more
  boolean pass() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = closedUntil - System.nanoTime();
      while (!ended && left > 0) {
        var _ = changed.await(left, TimeUnit.NANOSECONDS);
        left = closedUntil - System.nanoTime();
      }
      return !ended;
    } finally {
      lock.unlock();
    }
  }

  boolean ended() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }

  /// Nobody passes any more.
  void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
