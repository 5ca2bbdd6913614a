package dev.concordat.events.tasks;

import dev.concordat.contract.Queue;
import dev.concordat.core.Background;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.Parts;
import dev.concordat.events.loop.Loop;
import dev.concordat.events.loop.Signal;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;

/// Works on one queue in one process: one loop claims in batches, another one begins what is
/// claimed, each task runs on a virtual thread of its own.
final class Worker {
  private static final Duration SHORTEST_POLL = Duration.ofMillis(20);
  private static final Duration BETWEEN_CLAIMS = Duration.ofMillis(2);
  private static final int UNWRITTEN = 4_096;

  private final Parts parts;
  private final Queue<?> queue;
  private final WorkerOptions options;
  private final TaskRun run;
  private final TaskAcks acks;
  private final LeaseKeeper leases;
  private final TaskGate gate;
  private final TaskSource source;
  private final WorkerUpkeep care;
  private final Pace pace;
  private final Semaphore free;
  private final ClaimedAhead ahead;
  private final Semaphore unwritten = new Semaphore(UNWRITTEN);
  private final Signal some = new Signal();
  private final Signal stop = new Signal();
  private final Loop claiming;
  private final Background loop;
  private final Background begin;
  private final Background handlers;
  private final Background upkeep;
  private long claimedAt;
  private long claimTook;
  private Duration idle = SHORTEST_POLL;

  Worker(Parts parts, Queue<?> queue, TaskRun.Code code, WorkerOptions options) {
    this.parts = parts;
    this.queue = queue;
    this.options = options;
    this.acks = new TaskAcks(parts.database(), queue.bounds().remember());
    this.gate = new TaskGate(parts.clock(), RandomGenerator.getDefault());
    this.run = new TaskRun(parts, queue, code, acks, gate, options.maxRun());
    this.leases =
        new LeaseKeeper(
            parts.database(),
            parts.clock(),
            parts.observer(),
            queue.lease(),
            TaskSettlement::renew);
    this.source = new TaskSource(parts, queue);
    this.care = new WorkerUpkeep(parts, queue, options.poll(), leases);
    this.pace = new Pace(parts.clock());
    this.free = new Semaphore(options.concurrency());
    this.ahead = new ClaimedAhead(parts.database(), parts.clock(), leases, free);
    this.claiming = new Loop("queue/" + queue.name(), some, parts.observer(), this::claim);
    this.loop = new Background("claim");
    this.begin = new Background(queue.name() + ".begin");
    this.handlers = new Background(queue.name());
    this.upkeep = new Background(queue.name() + ".upkeep");
    this.claimedAt = parts.clock().nanos() - BETWEEN_CLAIMS.toNanos();
  }

  Queue<?> queue() {
    return queue;
  }

  void start() {
    care.open();
    leases.start(upkeep);
    acks.start(upkeep);
    claiming.start(loop);
    var _ = begin.start("loop", () -> ahead.beginAll(begin::stopping, this::begin, some::raise));
  }

  /// There may be a task.
  void wake() {
    some.raise();
  }

  /// Somebody has taken a task back.
  void cancelled() {
    care.lookForCancelled();
    some.raise();
  }

  /// Claims no more and lets the handlers end. What has not ended within the grace is cancelled,
  /// interrupted and given back.
  ///
  /// @return whether all had ended within the grace
  boolean stop(Duration grace) {
    care.close();
    claiming.stop();
    stop.raise();
    begin.close();
    var _ = loop.stop(Duration.ofSeconds(5));
    ahead.close();
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
      boolean all = unwritten.tryAcquire(UNWRITTEN, grace.toNanos(), TimeUnit.NANOSECONDS);
      unwritten.release(all ? UNWRITTEN : 0);
      return all;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Duration claim(boolean woken) throws InterruptedException {
    if (round()) {
      idle = SHORTEST_POLL;
      return Duration.ZERO;
    }
    Duration wait = woken ? SHORTEST_POLL : idle;
    idle = shorter(wait.multipliedBy(2));
    return wait;
  }

  /// One look at the queue.
  ///
  /// @return whether another look may find more at once
  private boolean round() throws InterruptedException {
    care.tend();
    if (ahead.tend()) {
      gate.ended();
    }
    int wanted = wanted();
    if (wanted == 0) {
      return false;
    }
    leaveRoomForBatches();
    long before = parts.clock().nanos();
    claimedAt = before;
    TaskClaims.Claim claim = source.claim(wanted);
    claimTook = parts.clock().nanos() - before;
    gate.begun(claim.tasks().size());
    ahead.add(claim.tasks(), before, options.maxRun());
    if (claim.pause().isPositive()) {
      var _ = stop.await(shorter(claim.pause()));
      return true;
    }
    return claim.tasks().size() >= wanted || claim.aside() > 0;
  }

  /// As many as can begin now, and those that will be able to in a moment, as things go; none while
  /// more than half of those are here. Where all processes share a bound, none that cannot begin
  /// now.
  private int wanted() {
    int soon = queue.bounds().shared() ? 0 : pace.soon(claimTook);
    ahead.callAt(soon / 2);
    int room = ahead.room();
    if (room <= 0 && ahead.size() > soon / 2) {
      return 0;
    }
    int most = unwritten.availablePermits() - ahead.size();
    return gate.admit(Math.max(0, Math.min(room + soon, most)));
  }

  /// Tasks that end one by one do not lead to claims one by one.
  private void leaveRoomForBatches() throws InterruptedException {
    long since = parts.clock().nanos() - claimedAt;
    if (since < BETWEEN_CLAIMS.toNanos() && free.availablePermits() < options.concurrency()) {
      var _ = stop.await(Duration.ofNanos(BETWEEN_CLAIMS.toNanos() - since));
    }
  }

  private boolean begin(ClaimedTask task, HeldLease held) {
    TaskLease lease = new TaskLease(task, held, queue.bounds().remember());
    Runnable handled = handled();
    unwritten.acquireUninterruptibly();
    care.begun(lease);
    try {
      var _ =
          handlers.start(
              "task",
              () -> {
                try {
                  run.run(task, lease, handlers::stopping, handled);
                } finally {
                  handled.run();
                  gate.ended();
                  care.ended(lease);
                  leases.drop(held);
                  unwritten.release();
                }
              });
      return true;
    } catch (Throwable e) {
      care.ended(lease);
      unwritten.release();
      if (e instanceof Failure) { // it is stopping
        return false;
      }
      throw e;
    }
  }

  /// Makes room for the next one, once: also for a task whose thread failed on the way.
  private Runnable handled() {
    AtomicBoolean already = new AtomicBoolean();
    return () -> {
      if (already.compareAndSet(false, true)) {
        pace.ended();
        free.release();
        if (ahead.size() == 0) {
          some.raise();
        }
      }
    };
  }

  private Duration shorter(Duration idle) {
    Duration most = ahead.size() > 0 ? ClaimedAhead.STUCK : options.poll();
    return idle.compareTo(most) < 0 ? idle : most;
  }
}
