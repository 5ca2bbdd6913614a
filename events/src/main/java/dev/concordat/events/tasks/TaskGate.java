package dev.concordat.events.tasks;

import dev.concordat.core.Backoff;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.store.SqlFailures;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/// Lets no more tasks begin while what they need is down. When of the last tries most failed
/// because something was not there, and that of several tasks, nothing is wrong with the tasks: one
/// at a time is tried, at growing distances, and those tries do not count. The first that works
/// opens it again.
///
/// Threads: safe for many.
final class TaskGate {
  private static final int TRIES = 20;
  private static final int ENOUGH = 10;
  private static final double MOST = 0.8;
  private static final int DIFFERENT = 3;
  private static final Backoff BACKOFF =
      new Backoff(Duration.ofMillis(200), Duration.ofSeconds(30));

  private final Clock clock;
  private final RandomGenerator random;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Try> last = new ArrayDeque<>();
  private boolean shut;
  private boolean probing;
  private int probes;
  private long nextProbe;

  TaskGate(Clock clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  private record Try(long task, boolean down) {}

  /// How many of these may begin now.
  int admit(int wanted) {
    lock.lock();
    try {
      if (!shut) {
        return wanted;
      }
      return probing || clock.nanos() - nextProbe < 0 ? 0 : Math.min(1, wanted);
    } finally {
      lock.unlock();
    }
  }

  /// Some have begun.
  void begun(int tasks) {
    lock.lock();
    try {
      probing = shut && tasks > 0;
    } finally {
      lock.unlock();
    }
  }

  boolean shut() {
    lock.lock();
    try {
      return shut;
    } finally {
      lock.unlock();
    }
  }

  void worked(long task) {
    lock.lock();
    try {
      if (shut) {
        shut = false;
        probing = false;
        probes = 0;
        last.clear();
      }
      remember(new Try(task, false));
    } finally {
      lock.unlock();
    }
  }

  /// Takes note of a failure.
  ///
  /// @return whether the try counts
  boolean failed(long task, Throwable failure) {
    boolean down = down(failure);
    lock.lock();
    try {
      remember(new Try(task, down));
      if (!shut && mostlyDown()) {
        shut = true;
        postpone();
      } else if (shut && probing) {
        probing = false;
        postpone();
      }
      return !(shut && down);
    } finally {
      lock.unlock();
    }
  }

  /// A task has ended, whoever has said what of it before, or was given back unbegun. When it was
  /// the one that tries for all and nobody has, another one tries in a while.
  void ended() {
    lock.lock();
    try {
      if (shut && probing) {
        probing = false;
        postpone();
      }
    } finally {
      lock.unlock();
    }
  }

  static boolean down(Throwable failure) {
    return switch (failure) {
      case Failure f -> absent(f.code());
      case SQLException e -> absent(SqlFailures.code(e));
      default -> false;
    };
  }

  private static boolean absent(Code code) {
    return code == Code.UNAVAILABLE || code == Code.RESOURCE_EXHAUSTED;
  }

  private void postpone() {
    probes++;
    nextProbe = clock.nanos() + BACKOFF.after(probes, random).toNanos();
  }

  private void remember(Try one) {
    last.addLast(one);
    if (last.size() > TRIES) {
      last.removeFirst();
    }
  }

  private boolean mostlyDown() {
    long down = last.stream().filter(Try::down).count();
    long tasks = last.stream().filter(Try::down).mapToLong(Try::task).distinct().count();
    return last.size() >= ENOUGH && down >= MOST * last.size() && tasks >= DIFFERENT;
  }
}
