package dev.concordat.events.tasks;

import dev.concordat.core.Priority;
import java.time.Duration;
import java.util.Optional;

/// When and how a task is handed to a worker.
///
/// @param delay earliest time from now; default none
/// @param priority which tasks are claimed first; default as the contract says
/// @param within how long it is worth doing, from now; a worker that comes later makes a dead
///   letter of it; default as the contract says
public record Delivery(Duration delay, Optional<Priority> priority, Optional<Duration> within) {
  /// At once, as the contract says.
  public static final Delivery NOW =
      new Delivery(Duration.ZERO, Optional.empty(), Optional.empty());

  /// Not before this time has passed.
  public static Delivery after(Duration delay) {
    return new Delivery(delay, Optional.empty(), Optional.empty());
  }

  /// The same with another priority.
  public Delivery withPriority(Priority priority) {
    return new Delivery(delay, Optional.of(priority), within);
  }

  /// The same, worth doing only so long.
  public Delivery within(Duration within) {
    return new Delivery(delay, priority, Optional.of(within));
  }
}
