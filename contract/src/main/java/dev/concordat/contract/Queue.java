package dev.concordat.contract;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.concordat.contract.v1.OptionsProto;
import dev.concordat.core.Backoff;
import dev.concordat.core.Priority;
import java.time.Duration;
import java.util.Optional;

/// What the contract says about one type of task.
///
/// @param prototype default instance
/// @param key the field that orders the tasks; empty when they have no order
/// @param uniqueBy the field that is unique among the waiting tasks; empty when none is
/// @param lease how long a claim is held before it must be renewed; default 30 s
/// @param tries how often it is tried, and when again
/// @param priority which tasks are claimed first
/// @param bounds what the queue as a whole keeps to, over all processes
/// @param <T> the task
public record Queue<T extends Message>(
    T prototype,
    Optional<FieldDescriptor> key,
    Optional<FieldDescriptor> uniqueBy,
    Duration lease,
    Tries tries,
    Priority priority,
    QueueBounds bounds) {
  /// How a task is tried.
  ///
  /// @param attempts tries before the task becomes a dead letter; default 8
  /// @param backoff wait after a failed try; default 1 s up to 10 min
  public record Tries(int attempts, Backoff backoff) {}

  /// The queue of a task.
  ///
  /// @param prototype default instance of a message with the `task` option
  public static <T extends Message> Queue<T> of(T prototype) {
    var type = prototype.getDescriptorForType();
    var options = KnownOptions.of(type);
    if (!options.hasExtension(OptionsProto.task)) {
      throw new IllegalArgumentException(
          type.getFullName() + " is no task; add: option (concordat.v1.task) = {};");
    }
    var task = options.getExtension(OptionsProto.task);
    var wait = task.getBackoff();
    return new Queue<>(
        prototype,
        field(type, task.getKey(), "task.key"),
        field(type, task.getUniqueBy(), "task.unique_by"),
        task.hasLease() ? Policies.duration(task.getLease()) : Duration.ofSeconds(30),
        new Tries(
            task.getAttempts() == 0 ? 8 : task.getAttempts(),
            new Backoff(Policies.firstWait(wait), Policies.longestWait(wait))),
        Policies.priority(task.getPriority()),
        QueueBounds.of(task));
  }

  /// The queue's name: the task's full name, for example `shop.warehouse.v1.PickOrder`.
  public String name() {
    return prototype.getDescriptorForType().getFullName();
  }

  /// Tries before the task becomes a dead letter.
  public int attempts() {
    return tries.attempts();
  }

  /// Wait after a failed try.
  public Backoff backoff() {
    return tries.backoff();
  }

  /// Whose workers do it.
  public String owner() {
    return Owners.of(prototype.getDescriptorForType().getFile());
  }

  private static Optional<FieldDescriptor> field(
      com.google.protobuf.Descriptors.Descriptor type, String name, String option) {
    return name.isEmpty() ? Optional.empty() : Optional.of(Fields.named(type, name, option));
  }
}
