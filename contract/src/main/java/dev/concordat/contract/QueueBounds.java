package dev.concordat.contract;

import dev.concordat.contract.v1.Task;
import java.time.Duration;
import java.util.Optional;

/// What a queue keeps to as a whole, over all processes that work on it.
///
/// @param concurrency how many tasks are worked on at once; empty for as many as the workers take
/// @param rate how many are begun in a time; empty for no limit
/// @param expireAfter how long a task is worth doing, from when it was asked for; empty for ever
/// @param remember how long it is remembered that a task was done; default not at all
public record QueueBounds(
    Optional<Integer> concurrency,
    Optional<Rate> rate,
    Optional<Duration> expireAfter,
    Duration remember) {
  /// At most so many in any stretch of this length.
  ///
  /// @param count at least 1
  /// @param per default 1 s
  public record Rate(int count, Duration per) {}

  static QueueBounds of(Task task) {
    return new QueueBounds(
        task.getConcurrency() == 0 ? Optional.empty() : Optional.of(task.getConcurrency()),
        task.hasRate() ? Optional.of(rate(task)) : Optional.empty(),
        task.hasExpireAfter()
            ? Optional.of(Policies.duration(task.getExpireAfter()))
            : Optional.empty(),
        Policies.duration(task.getRemember()));
  }

  /// Whether processes have to agree before they take a task.
  public boolean shared() {
    return concurrency.isPresent() || rate.isPresent();
  }

  private static Rate rate(Task task) {
    var rate = task.getRate();
    return new Rate(
        Math.max(1, rate.getCount()),
        rate.hasPer() ? Policies.duration(rate.getPer()) : Duration.ofSeconds(1));
  }
}
