package dev.concordat.events.tasks;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.concordat.contract.Queue;
import dev.concordat.core.Backoff;
import dev.concordat.core.Context;
import dev.concordat.core.ContextCodec;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.core.KeyScope;
import dev.concordat.core.Observation;
import dev.concordat.core.Observer.Activity;
import dev.concordat.core.Observer.Kind;
import dev.concordat.events.Dead;
import dev.concordat.events.Parts;
import dev.concordat.events.Retry;
import dev.concordat.events.deadletters.DeadLetter;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// One attempt at one task, from its context to its end in the database.
final class TaskRun {
  private static final Backoff UNWRITTEN =
      new Backoff(Duration.ofMillis(50), Duration.ofSeconds(1));

  private final Parts parts;
  private final Queue<?> queue;
  private final Code code;
  private final TaskAcks acks;
  private final TaskGate gate;
  private final Duration maxRun;

  TaskRun(Parts parts, Queue<?> queue, Code code, TaskAcks acks, TaskGate gate, Duration maxRun) {
    this.parts = parts;
    this.queue = queue;
    this.code = code;
    this.acks = acks;
    this.gate = gate;
    this.maxRun = maxRun;
  }

  /// The handler.
  @FunctionalInterface
  public interface Code {
    void run(Message task, TaskLease lease) throws Exception;
  }

  /// Does it.
  ///
  /// @param stopping whether the worker is being stopped; what fails then is not the task's fault
  /// @param handled runs when the handler has ended, before that is written
  void run(ClaimedTask task, TaskLease lease, BooleanSupplier stopping, Runnable handled) {
    try (Observation observation = observe(task, lease)) {
      Context context = observation.context().withObservation(observation);
      Throwable failure = context.call(() -> attempt(task, lease));
      handled.run();
      if (failure != null) {
        observation.failed(failure);
      }
      boolean interrupted = Thread.interrupted();
      boolean written = completed(task, lease) || settle(task, lease, failure, stopping);
      if (!written && parts.database().transact(c -> TaskCancels.finish(c, task.id()))) {
        observation.event("concordat.task.cancelled", Map.of());
      } else if (!written && !lease.askedToComplete()) {
        observation.event("concordat.ack.refused", Map.of());
        observation.failed(HeldLease.lost());
        parts.observer().count("concordat.tasks.refused", 1, Map.of("queue", queue.name()));
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Observation observe(ClaimedTask task, TaskLease lease) {
    Context sent = parts.codec().read(ContextCodec.carrier(new HashMap<>(task.headers())));
    Context context =
        sent.withDeadline(Deadline.after(maxRun, parts.clock()))
            .withCancellation(lease.cancellation())
            .withoutIdempotencyKey()
            .withKeyScope(KeyScope.of(queue.name() + "/" + lease.taskId()));
    return parts
        .observer()
        .begin(
            new Activity(
                Kind.CONSUMER,
                "work " + queue.name(),
                context,
                Map.of(
                    "concordat.key", task.key().orElse(lease.taskId()),
                    "messaging.system", "concordat",
                    "messaging.destination.name", queue.name(),
                    "messaging.message.id", lease.taskId(),
                    "concordat.attempt", Integer.toString(task.attempt()))));
  }

  private @Nullable Throwable attempt(ClaimedTask task, TaskLease lease) {
    if (task.expired()) {
      return Dead.because("expired: it was not worth doing any more when a worker came to it");
    }
    try {
      Message message = queue.prototype().getParserForType().parseFrom(task.payload());
      code.run(parts.personal().open(message), lease);
      return null;
    } catch (InvalidProtocolBufferException e) {
      return Dead.because("the payload cannot be read as " + queue.name());
    } catch (Throwable e) {
      return e;
    }
  }

  /// Whether the handler's own transaction has ended the task: then what it needed was there,
  /// whatever the handler did after that.
  private boolean completed(ClaimedTask task, TaskLease lease) {
    boolean completed = lease.completed();
    if (completed) {
      gate.worked(task.id());
    }
    return completed;
  }

  /// Writes the end. A database that does not answer is asked again as long as the lease lasts;
  /// after that somebody else does the task.
  private boolean settle(
      ClaimedTask task, TaskLease lease, @Nullable Throwable failure, BooleanSupplier stopping) {
    lease.held().settling();
    for (int tries = 1; ; tries++) {
      try {
        return write(task, failure, stopping.getAsBoolean());
      } catch (Failure e) {
        Duration wait = UNWRITTEN.after(tries, ThreadLocalRandom.current());
        if (lease.held().left().compareTo(wait) <= 0 || !slept(wait)) {
          return false;
        }
      }
    }
  }

  private boolean write(ClaimedTask task, @Nullable Throwable failure, boolean stopping) {
    if (failure == null) {
      gate.worked(task.id());
      return acks.done(task);
    }
    if (stopping && !(failure instanceof Dead) && !(failure instanceof Retry)) {
      return parts.database().transact(c -> TaskSettlement.giveBack(c, task));
    }
    boolean counts = gate.failed(task.id(), failure);
    return counts
        ? fail(parts, queue, task, failure)
        : postpone(task, TaskVerdict.describe(failure));
  }

  /// What it needs is down: it is tried again, and this try does not count.
  private boolean postpone(ClaimedTask task, String error) {
    parts.observer().count("concordat.tasks.postponed", 1, Map.of("queue", queue.name()));
    Duration wait = queue.backoff().after(task.attempt(), ThreadLocalRandom.current());
    return parts.database().transact(c -> TaskSettlement.again(c, task, wait, error, false));
  }

  /// Writes that an attempt failed.
  static boolean fail(Parts parts, Queue<?> queue, ClaimedTask task, Throwable failure) {
    TaskVerdict verdict =
        TaskVerdict.of(failure, task.attempt(), queue, ThreadLocalRandom.current());
    Instant at = parts.clock().now();
    Map<String, String> attributes = Map.of("queue", queue.name());
    return switch (verdict) {
      case TaskVerdict.Again again -> {
        parts.observer().count("concordat.tasks.retried", 1, attributes);
        yield parts
            .database()
            .transact(c ->
                TaskSettlement.again(
                    c, task, again.delay(), DeadLetter.Attempt.text(at, again.error()), true));
      }
      case TaskVerdict.Bury bury -> {
        parts.observer().count("concordat.tasks.dead", 1, attributes);
        yield parts
            .database()
            .transact(c ->
                TaskSettlement.bury(
                    c, task, bury.cause(), DeadLetter.Attempt.text(at, bury.error())));
      }
    };
  }

  private boolean slept(Duration delay) {
    try {
      parts.clock().sleep(delay);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
