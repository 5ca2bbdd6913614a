package dev.concordat.calls;

import dev.concordat.core.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Rings when deadlines pass. Calls rarely live that long, so there is one timer for all, set for
/// the earliest deadline: setting and stopping the JDK's timer for each call would wake its thread
/// as often.
///
/// Threads: safe for many.
final class Alarms {
  /// Deadlines this close to each other are one look at all alarms; so late an alarm rings at most.
  private static final long TOGETHER = TimeUnit.MILLISECONDS.toNanos(2);

  private final Set<Alarm> all = ConcurrentHashMap.newKeySet();
  private final long epoch = System.nanoTime();

  /// When the timer rings, in nanoseconds since the epoch.
  private final AtomicLong next = new AtomicLong(Long.MAX_VALUE);

  /// Rings once when the deadline passes, unless stopped before.
  ///
  /// @param ring short: it runs on the timer's thread
  Alarm at(Deadline deadline, Runnable ring) {
    Alarm alarm = new Alarm(sinceEpoch() + deadline.remaining().toNanos(), ring);
    all.add(alarm);
    wakeAt(alarm.at);
    return alarm;
  }

  private void wakeAt(long at) {
    for (long set = next.get(); at < set; set = next.get()) {
      if (next.compareAndSet(set, at)) {
        CompletableFuture.delayedExecutor(
                Math.max(0, at - sinceEpoch()), TimeUnit.NANOSECONDS, Runnable::run)
            .execute(() -> look(at));
        return;
      }
    }
  }

  private void look(long at) {
    // When an earlier deadline has come since, its look has seen to everything.
    if (!next.compareAndSet(at, Long.MAX_VALUE)) {
      return;
    }
    long now = sinceEpoch();
    long earliest = Long.MAX_VALUE;
    List<Alarm> due = new ArrayList<>();
    for (Alarm alarm : all) {
      if (alarm.at > now) {
        earliest = Math.min(earliest, alarm.at);
      } else {
        due.add(alarm);
      }
    }
    if (earliest != Long.MAX_VALUE) {
      wakeAt(Math.max(earliest, now + TOGETHER));
    }
    due.forEach(Alarm::ring);
  }

  private long sinceEpoch() {
    return System.nanoTime() - epoch;
  }

  /// One deadline that is being watched.
  final class Alarm {
    private final long at;
    private final Runnable ring;

    private Alarm(long at, Runnable ring) {
      this.at = at;
      this.ring = ring;
    }

    void stop() {
      all.remove(this);
    }

    private void ring() {
      if (all.remove(this)) {
        ring.run();
      }
    }
  }
}
