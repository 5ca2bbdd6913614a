package dev.concordat.events.tasks;

import dev.concordat.core.Clock;
import dev.concordat.core.Failure;
import dev.concordat.events.store.Database;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;

/// Tasks that were claimed and have not begun: while handlers run, the next claim is under way.
/// They begin in the order in which they were claimed, each as soon as a handler may. Their leases
/// are renewed meanwhile. When for 250 ms none could begin they go back for others.
///
/// Threads: one adds, one begins.
final class ClaimedAhead {
  static final Duration STUCK = Duration.ofMillis(250);

  private final Database database;
  private final Clock clock;
  private final LeaseKeeper leases;
  private final Semaphore free;
  private final LinkedBlockingQueue<Claimed> waiting = new LinkedBlockingQueue<>();
  private volatile boolean holding;
  private volatile long movedAt;
  private volatile int low;

  /// @param free one permit for each handler that may run beside the others
  ClaimedAhead(Database database, Clock clock, LeaseKeeper leases, Semaphore free) {
    this.database = database;
    this.clock = clock;
    this.leases = leases;
    this.free = free;
  }

  private record Claimed(ClaimedTask task, HeldLease held) {}

  /// How a task begins.
  @FunctionalInterface
  interface Begin {
    /// Takes over the permit when it does.
    ///
    /// @return false when nothing begins any more
    boolean begin(ClaimedTask task, HeldLease held);
  }

  /// How many wait here.
  int size() {
    return waiting.size();
  }

  /// How many handlers could begin besides those that wait here; negative when more wait.
  int room() {
    return free.availablePermits() + (holding ? 1 : 0) - waiting.size();
  }

  /// From which number on downwards whoever adds wants to hear of it.
  void callAt(int low) {
    this.low = low;
  }

  /// @param since [Clock#nanos()] before they were claimed
  void add(List<ClaimedTask> tasks, long since, Duration maxRun) {
    if (waiting.isEmpty()) {
      movedAt = clock.nanos();
    }
    for (ClaimedTask task : tasks) {
      waiting.add(new Claimed(task, leases.hold(task.id(), task.token(), since, maxRun)));
    }
  }

  /// Begins one after the other until it is interrupted or stopped.
  ///
  /// @param few is run when few are left
  void beginAll(BooleanSupplier stopping, Begin begin, Runnable few) {
    try {
      while (!stopping.getAsBoolean()) {
        free.acquire();
        holding = true;
        Claimed next = waiting.take();
        holding = false;
        movedAt = clock.nanos();
        if (stopping.getAsBoolean() || !begins(begin, next)) {
          waiting.add(next);
          free.release();
          return;
        }
        if (waiting.size() == low) {
          few.run();
        }
      }
    } catch (InterruptedException e) {
      if (holding) {
        holding = false;
        free.release();
      }
    }
  }

  private boolean begins(Begin begin, Claimed next) {
    try {
      return begin.begin(next.task(), next.held());
    } catch (Throwable e) {
      // No memory for a thread, for example: it begins again when its lease has run out.
      leases.drop(next.held());
      free.release();
      return true;
    }
  }

  /// Gives those back that cannot begin because the handlers that run take so long.
  ///
  /// @return whether there were any
  boolean tend() {
    boolean stuck = !waiting.isEmpty() && clock.nanos() - movedAt >= STUCK.toNanos();
    if (stuck) {
      giveBack();
    }
    return stuck;
  }

  /// Gives back what has not begun, so that others have it at once.
  void giveBack() {
    List<Claimed> unbegun = new ArrayList<>();
    waiting.drainTo(unbegun);
    TreeMap<Long, Long> tokens = new TreeMap<>();
    for (Claimed claimed : unbegun) {
      leases.drop(claimed.held());
      tokens.put(claimed.task().id(), claimed.task().token());
    }
    if (!tokens.isEmpty()) {
      var _ = database.transact(c -> TaskSettlement.giveBack(c, tokens));
    }
  }

  /// The same for the end: what cannot be written now is free when its lease has run out.
  void close() {
    try {
      giveBack();
    } catch (Failure unwritten) {
      assert unwritten != null;
    }
  }
}
