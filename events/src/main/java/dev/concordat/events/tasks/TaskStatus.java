package dev.concordat.events.tasks;

import java.time.Instant;
import java.util.Optional;

/// How a task stands.
public sealed interface TaskStatus {
  /// It waits: for a worker, for an earlier one of its key, or for its time.
  ///
  /// @param due not before
  /// @param attempts how often it was tried so far
  record Waiting(Instant due, int attempts) implements TaskStatus {}

  /// A worker has it.
  ///
  /// @param attempt which try this is, from 1
  /// @param progress what the handler said last; empty when it said nothing
  record Running(int attempt, Optional<TaskProgress> progress) implements TaskStatus {}

  /// It was done. Known for as long as the contract's `remember` says.
  record Done(Instant at) implements TaskStatus {}

  /// It was given up on.
  ///
  /// @param deadLetter its dead letter
  record GivenUp(long deadLetter, String reason, Instant at) implements TaskStatus {}

  /// It was taken back. Known for seven days, or longer where the contract's `remember` says so.
  record Cancelled(String reason, Instant at) implements TaskStatus {}

  /// Nothing is known of it: it was done and forgotten, was never asked for, or has not arrived
  /// yet.
  record Unknown() implements TaskStatus {}
}
