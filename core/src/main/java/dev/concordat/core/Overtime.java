package dev.concordat.core;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/// Notices for many who wait that a deadline has passed. A timed wait of each would be exact, but
/// on virtual threads it sets a timer and takes it back, each time through another thread; nearly
/// all of them wait for a millisecond and have seconds. So one thread looks at all of them, every 5
/// ms: that much later a deadline may be noticed. It rests when nobody has waited for a second.
///
/// Threads: safe for many.
final class Overtime {
  private static final long EVERY = Nanos.of(Duration.ofMillis(5));
  private static final int LOOKS_UNTIL_REST = 200;

  private static final Overtime ALL = new Overtime();

  private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();
  private final Thread thread;
  private volatile boolean resting;

  private Overtime() {
    thread = Thread.ofPlatform().daemon().name("overtime").unstarted(this::watch);
    thread.start();
  }

  /// Who waits.
  interface Waiter {
    Deadline deadline();

    /// The deadline has passed. Called again and again until it waits no more; must be short.
    void overtime();
  }

  static void begin(Waiter waiter) {
    ALL.waiters.add(waiter);
    if (ALL.resting) {
      LockSupport.unpark(ALL.thread);
    }
  }

  static void end(Waiter waiter) {
    ALL.waiters.remove(waiter);
  }

  /// Whether nobody looks at present.
  static boolean rests() {
    return ALL.resting;
  }

  private void watch() {
    int idle = 0;
    while (true) {
      idle = waiters.isEmpty() ? idle + 1 : 0;
      for (Waiter waiter : waiters) {
        if (waiter.deadline().expired()) {
          waiter.overtime();
        }
      }
      if (idle < LOOKS_UNTIL_REST) {
        LockSupport.parkNanos(this, EVERY);
      } else {
        rest();
        idle = 0;
      }
    }
  }

  private void rest() {
    resting = true;
    while (waiters.isEmpty()) {
      LockSupport.park(this);
    }
    resting = false;
  }
}
