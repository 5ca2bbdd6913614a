package dev.concordat.shop.orders;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Tells those in this process who wait for an order that it has changed. Orders share a fixed
/// number of bells, so a ring may be for somebody else; other processes are not heard, so whoever
/// waits also looks from time to time.
///
/// Threads: safe for many.
final class OrderBell {
  private static final int BELLS = 256;

  private final Bell[] bells = new Bell[BELLS];

  OrderBell() {
    for (int i = 0; i < BELLS; i++) {
      bells[i] = new Bell();
    }
  }

  /// How often it has rung: to be taken before looking, and given to [#await].
  long rings(String orderId) {
    return bell(orderId).rings();
  }

  void ring(String orderId) {
    bell(orderId).ring();
  }

  /// Returns at the first ring after this many, or when the time is over.
  void await(String orderId, long rings, Duration patience) {
    bell(orderId).await(rings, patience);
  }

  private Bell bell(String orderId) {
    return bells[Math.floorMod(orderId.hashCode(), BELLS)];
  }

  private static final class Bell {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition rung = lock.newCondition();
    private long rings;

    long rings() {
      lock.lock();
      try {
        return rings;
      } finally {
        lock.unlock();
      }
    }

    void ring() {
      lock.lock();
      try {
        rings++;
        rung.signalAll();
      } finally {
        lock.unlock();
      }
    }

    void await(long seen, Duration patience) {
      lock.lock();
      try {
        long left = patience.toNanos();
        while (rings == seen && left > 0) {
          left = rung.awaitNanos(left);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw Failure.of(Code.CANCELLED, "interrupted while waiting for an order", e);
      } finally {
        lock.unlock();
      }
    }
  }
}
