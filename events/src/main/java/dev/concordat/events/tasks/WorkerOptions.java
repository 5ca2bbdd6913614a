package dev.concordat.events.tasks;

import java.time.Duration;

/// How one process works on one queue.
///
/// @param concurrency tasks at the same time, at least 1; default 16
/// @param poll the longest time until a task is seen that no signal told about (delayed, failed,
///   enqueued by another process); default 500 ms
/// @param maxRun the longest one attempt may take: the handler's deadline, after which the lease is
///   no longer renewed; default 5 min
public record WorkerOptions(int concurrency, Duration poll, Duration maxRun) {
  /// The defaults named above.
  public static final WorkerOptions DEFAULT =
      new WorkerOptions(16, Duration.ofMillis(500), Duration.ofMinutes(5));

  /// Checks the bounds.
  public WorkerOptions {
    if (concurrency < 1 || !poll.isPositive() || !maxRun.isPositive()) {
      throw new IllegalArgumentException(
          "a worker needs concurrency >= 1, poll > 0 and maxRun > 0, got "
              + concurrency
              + ", "
              + poll
              + ", "
              + maxRun);
    }
  }

  /// The same with another number of tasks at the same time.
  public WorkerOptions withConcurrency(int concurrency) {
    return new WorkerOptions(concurrency, poll, maxRun);
  }

  /// The same with another time between two looks.
  public WorkerOptions withPoll(Duration poll) {
    return new WorkerOptions(concurrency, poll, maxRun);
  }

  /// The same with another limit of one attempt.
  public WorkerOptions withMaxRun(Duration maxRun) {
    return new WorkerOptions(concurrency, poll, maxRun);
  }
}
