package dev.concordat.events.tasks;

import dev.concordat.contract.Queue;
import dev.concordat.core.Background;
import dev.concordat.core.Backoff;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.Parts;
import dev.concordat.events.loop.Signal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Works on one queue in one process: one loop claims in batches, each task runs on a virtual
/// thread of its own.
final class Worker {
  private static final Duration SHORTEST_POLL = Duration.ofMillis(20);
  private static final Duration BETWEEN_CLAIMS = Duration.ofMillis(2);
  private static final Duration BETWEEN_COUNTS = Duration.ofSeconds(10);
  private static final Backoff TROUBLE = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5));

  private final Parts parts;
  private final Queue<?> queue;
  private final WorkerOptions options;
  private final TaskRun run;
  private final TaskAcks acks;
  private final LeaseKeeper leases;
  private final Semaphore free;
  private final Signal some = new Signal();
  private final Signal stop = new Signal();
  private final Background loop;
  private final Background handlers;
  private final Background upkeep;
  private final AtomicLong waiting = new AtomicLong();
  private Runnable removeGauge = () -> {};
  private long countedAt;
  private long claimedAt;
  private long tendedAt;

  Worker(Parts parts, Queue<?> queue, TaskRun.Code code, WorkerOptions options) {
    this.parts = parts;
    this.queue = queue;
    this.options = options;
    this.acks = new TaskAcks(parts.database());
    this.run = new TaskRun(parts, queue, code, acks, options.maxRun());
    this.leases =
        new LeaseKeeper(
            parts.database(),
            parts.clock(),
            parts.observer(),
            queue.lease(),
            TaskSettlement::renew);
    this.free = new Semaphore(options.concurrency());
    this.loop = new Background(queue.name() + ".claim");
    this.handlers = new Background(queue.name());
    this.upkeep = new Background(queue.name() + ".upkeep");
    this.claimedAt = parts.clock().nanos() - BETWEEN_CLAIMS.toNanos();
    this.countedAt = parts.clock().nanos() - BETWEEN_COUNTS.toNanos();
    this.tendedAt = parts.clock().nanos() - options.poll().toNanos();
  }

  Queue<?> queue() {
    return queue;
  }

  void start() {
    removeGauge =
        parts
            .observer()
            .gauge("concordat.tasks.waiting", Map.of("queue", queue.name()), waiting::doubleValue);
    leases.start(upkeep);
    acks.start(upkeep);
    var _ = loop.start("loop", this::claimUntilStopped);
  }

  /// There may be a task.
  void wake() {
    some.raise();
  }

  /// Claims no more and lets the handlers end. What has not ended within the grace is cancelled,
  /// interrupted and given back.
  ///
  /// @return whether all had ended within the grace
  boolean stop(Duration grace) {
    removeGauge.run();
    stop.raise();
    some.raise();
    var _ = loop.stop(Duration.ofSeconds(5));
    boolean clean = allEnd(grace);
    if (!clean) {
      Failure stopping = Failure.of(Code.CANCELLED, "the worker is stopping");
      leases.all().forEach(lease -> lease.cancellation().cancel(stopping));
    }
    var _ = handlers.stop(Duration.ZERO);
    leases.end();
    acks.end();
    var _ = upkeep.stop(Duration.ofSeconds(5));
    return clean;
  }

  private boolean allEnd(Duration grace) {
    try {
      boolean all = free.tryAcquire(options.concurrency(), grace.toNanos(), TimeUnit.NANOSECONDS);
      free.release(all ? options.concurrency() : 0);
      return all;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void claimUntilStopped() {
    int troubles = 0;
    Duration idle = SHORTEST_POLL;
    while (!loop.stopping()) {
      try {
        boolean found = round();
        troubles = 0;
        idle = found || some.await(idle) ? SHORTEST_POLL : shorter(idle.multipliedBy(2));
      } catch (Failure e) {
        troubles++;
        parts.observer().count("concordat.tasks.trouble", 1, Map.of("queue", queue.name()));
        rest(TROUBLE.after(troubles, ThreadLocalRandom.current()));
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /// One look at the queue.
  ///
  /// @return whether another look may find more at once
  private boolean round() throws InterruptedException {
    tend();
    int wanted = free.availablePermits();
    if (wanted == 0) {
      return false;
    }
    leaveRoomForBatches();
    long before = parts.clock().nanos();
    claimedAt = before;
    TaskClaims.Claim claim =
        parts
            .database()
            .transact(
                c -> TaskClaims.claim(c, queue.name(), wanted, parts.instance(), queue.lease()));
    claim.tasks().forEach(task -> dispatch(task, before));
    return !claim.tasks().isEmpty() || claim.aside() > 0;
  }

  /// Tasks that end one by one do not lead to claims one by one.
  private void leaveRoomForBatches() throws InterruptedException {
    long since = parts.clock().nanos() - claimedAt;
    if (since < BETWEEN_CLAIMS.toNanos() && free.availablePermits() < options.concurrency()) {
      var _ = stop.await(Duration.ofNanos(BETWEEN_CLAIMS.toNanos() - since));
    }
  }

  private void dispatch(ClaimedTask task, long since) {
    free.acquireUninterruptibly();
    HeldLease held = leases.hold(task.id(), task.token(), since, options.maxRun());
    TaskLease lease = new TaskLease(task, held);
    try {
      var _ =
          handlers.start(
              "task",
              () -> {
                try {
                  run.run(task, lease, handlers::stopping);
                } finally {
                  end(held);
                }
              });
    } catch (Failure stopping) {
      var _ = parts.database().transact(c -> TaskSettlement.giveBack(c, task));
      end(held);
    }
  }

  private void end(HeldLease held) {
    leases.drop(held);
    free.release();
    some.raise();
  }

  private void tend() {
    long now = parts.clock().nanos();
    if (now - tendedAt < SHORTEST_POLL.toNanos()) {
      return;
    }
    tendedAt = now;
    count(now);
    parts.database().transact(c -> TaskClaims.bringUpDue(c, queue.name()));
    List<ClaimedTask> abandoned =
        parts.database().transact(c -> TaskClaims.expired(c, queue.name()));
    for (ClaimedTask task : abandoned) {
      Failure silent =
          Failure.of(Code.ABORTED, "the worker fell silent: its lease ran out without renewal");
      var _ = TaskRun.fail(parts, queue, task, silent);
    }
  }

  private void count(long now) {
    if (now - countedAt >= BETWEEN_COUNTS.toNanos()) {
      countedAt = now;
      waiting.set(parts.database().read(c -> TaskClaims.length(c, queue.name())).waiting());
    }
  }

  private void rest(Duration wait) {
    try {
      var _ = stop.await(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Duration shorter(Duration idle) {
    return idle.compareTo(options.poll()) < 0 ? idle : options.poll();
  }
}
