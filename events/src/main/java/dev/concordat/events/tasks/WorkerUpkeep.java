package dev.concordat.events.tasks;

import dev.concordat.contract.Queue;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.Parts;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What a worker looks after between two claims: what has become due, whose lease has run out, who
/// was cancelled, how far the running ones are, how much waits, and where that begins.
///
/// Threads: tended by the claim loop; tasks begin and end on others.
final class WorkerUpkeep {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);
  private static final Duration BETWEEN_NEWS = Duration.ofSeconds(1);
  private static final Duration BETWEEN_COUNTS = Duration.ofSeconds(10);
  private static final int SHARE = 50;

  private final Parts parts;
  private final Queue<?> queue;
  private final Duration poll;
  private final LeaseKeeper leases;
  private final TaskUpkeep upkeep;
  private final LowWater lowWater;
  private final Set<TaskLease> running = ConcurrentHashMap.newKeySet();
  private volatile QueueLength length;
  private Runnable removeGauges = () -> {};
  private long nextLook;
  private long nextNews;
  private long nextCount;
  private volatile long nextCancelled;

  WorkerUpkeep(Parts parts, Queue<?> queue, Duration poll, LeaseKeeper leases) {
    this.parts = parts;
    this.queue = queue;
    this.poll = poll;
    this.leases = leases;
    this.upkeep = new TaskUpkeep(parts.database(), parts.clock(), queue.name());
    this.lowWater = new LowWater(parts.database(), parts.clock(), queue);
    this.length = new QueueLength(queue.name(), 0, 0, 0, Duration.ZERO);
    long now = parts.clock().nanos();
    this.nextLook = now;
    this.nextNews = now;
    this.nextCount = now;
    this.nextCancelled = now;
  }

  void open() {
    Map<String, String> attributes = Map.of("queue", queue.name());
    Runnable waiting =
        parts.observer().gauge("concordat.tasks.waiting", attributes, () -> length.waiting());
    Runnable oldest =
        parts
            .observer()
            .gauge("concordat.tasks.oldest", attributes, () -> length.oldest().toMillis() / 1e3);
    removeGauges =
        () -> {
          waiting.run();
          oldest.run();
        };
  }

  void close() {
    removeGauges.run();
  }

  void begun(TaskLease lease) {
    running.add(lease);
  }

  void ended(TaskLease lease) {
    running.remove(lease);
  }

  /// Somebody in this process has taken a task back.
  void lookForCancelled() {
    nextCancelled = parts.clock().nanos();
  }

  void tend() {
    long now = parts.clock().nanos();
    if (now - nextLook < 0) {
      return;
    }
    nextLook = now + BETWEEN_LOOKS.toNanos();
    lowWater.tend();
    var _ = upkeep.bringUpDue();
    upkeep.runOut().forEach(this::abandoned);
    if (now - nextCancelled >= 0) {
      nextCancelled = now + poll.toNanos();
      hearCancelled();
    }
    if (now - nextNews >= 0) {
      nextNews = now + BETWEEN_NEWS.toNanos();
      writeNews();
    }
    if (now - nextCount >= 0) {
      count(now);
    }
  }

  private void abandoned(ClaimedTask task) {
    if (parts.database().transact(c -> TaskCancels.finish(c, task.id()))) {
      return;
    }
    Failure silent =
        Failure.of(Code.ABORTED, "the worker fell silent: its lease ran out without renewal");
    var _ = TaskRun.fail(parts, queue, task, silent);
  }

  private void hearCancelled() {
    Map<Long, HeldLease> held = new ConcurrentHashMap<>();
    leases.all().forEach(lease -> held.put(lease.id(), lease));
    if (held.isEmpty()) {
      return;
    }
    for (TaskCancels.Heard heard :
        parts.database().transact(c -> TaskCancels.heard(c, held.keySet()))) {
      HeldLease lease = held.get(heard.id());
      if (lease != null) {
        lease.cancellation().cancel(Failure.of(Code.CANCELLED, heard.reason()));
      }
    }
  }

  private void writeNews() {
    Map<TaskLease, TaskProgress> news = new ConcurrentHashMap<>();
    running.forEach(lease -> lease.news().ifPresent(said -> news.put(lease, said)));
    if (!news.isEmpty()) {
      parts.database().transact(c -> TaskNews.write(c, news));
    }
  }

  /// Counting reads past what is gone, so it takes a fixed share of the time at most.
  private void count(long now) {
    length = parts.database().transact(c -> QueueLengths.of(c, queue.name()));
    parts
        .database()
        .transact(c -> {
          TaskBounds.forget(c, queue);
          return TaskNews.forgetEnded(c);
        });
    long ended = parts.clock().nanos();
    nextCount = ended + Math.max(BETWEEN_COUNTS.toNanos(), SHARE * (ended - now));
  }
}
