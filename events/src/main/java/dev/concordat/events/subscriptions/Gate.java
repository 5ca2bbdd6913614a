package dev.concordat.events.subscriptions;

import dev.concordat.core.Backoff;
import dev.concordat.core.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Where all lanes of a subscription wait while something that they need is down. When the wait is
/// over, one of them tries, the one that has waited longest; the others go on when it has
/// succeeded.
final class Gate {
  private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5));

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Thread> waiting = new ArrayDeque<>();
  private final Clock clock;
  private long closedUntil = System.nanoTime();
  private int failures;
  private long successes;
  private @Nullable Thread prober;
  private boolean ended;
  private Optional<Down> down = Optional.empty();

  /// @param clock says since when something is down
  Gate(Clock clock) {
    this.clock = clock;
  }

  /// Something is down: nobody goes on for a while, longer each time.
  ///
  /// @param because what it said, for people
  void shut(Optional<Duration> atLeast, String because) {
    lock.lock();
    try {
      failures++;
      down = Optional.of(new Down(down.map(Down::since).orElseGet(clock::now), because));
      prober = null;
      Duration wait = BACKOFF.after(failures, ThreadLocalRandom.current());
      Duration least = atLeast.orElse(Duration.ZERO);
      long until = System.nanoTime() + (wait.compareTo(least) < 0 ? least : wait).toNanos();
      if (until - closedUntil > 0) {
        closedUntil = until;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Something worked.
  void worked() {
    lock.lock();
    try {
      failures = 0;
      down = Optional.empty();
      successes++;
      settled();
    } finally {
      lock.unlock();
    }
  }

  /// What passed has ended without saying that something is down.
  void settled() {
    lock.lock();
    try {
      if (prober != null || failures == 0) {
        prober = null;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Whether something is down, as far as is known.
  boolean shut() {
    lock.lock();
    try {
      return failures > 0;
    } finally {
      lock.unlock();
    }
  }

  /// What is down; empty when nothing is, as far as is known.
  Optional<Down> down() {
    lock.lock();
    try {
      return down;
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

  /// Waits until it is open. Whoever tried last and comes again, without having said how that went,
  /// makes room: it would wait for itself, and all others with it.
  ///
  /// @return false when nobody is to go on any more
  boolean pass() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (Thread.currentThread().equals(prober)) {
        prober = null;
        changed.signalAll();
      }
      if (failures == 0 && waiting.isEmpty()) {
        return !ended;
      }
      waiting.add(Thread.currentThread());
      try {
        while (!ended && !mayPass()) {
          long left = closedUntil - System.nanoTime();
          if (left > 0) {
            var _ = changed.await(left, TimeUnit.NANOSECONDS);
          } else {
            changed.await();
          }
        }
        prober = failures > 0 ? Thread.currentThread() : null;
        return !ended;
      } finally {
        waiting.remove(Thread.currentThread());
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean mayPass() {
    if (failures == 0) {
      return true;
    }
    boolean first = Thread.currentThread().equals(waiting.peek());
    return prober == null && first && closedUntil - System.nanoTime() <= 0;
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
