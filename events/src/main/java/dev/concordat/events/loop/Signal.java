package dev.concordat.events.loop;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// "There may be something to do." Raised any number of times, it wakes one waiter once; raised
/// while nobody waits, the next wait returns at once.
public final class Signal {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition raised = lock.newCondition();
  private boolean up;

  public void raise() {
    lock.lock();
    try {
      up = true;
      raised.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until raised, this long at most.
  ///
  /// @return whether it was raised
  public boolean await(Duration patience) throws InterruptedException {
    long nanos = patience.toNanos();
    lock.lockInterruptibly();
    try {
      while (!up && nanos > 0) {
        nanos = raised.awaitNanos(nanos);
      }
      boolean was = up;
      up = false;
      return was;
    } finally {
      lock.unlock();
    }
  }
}
