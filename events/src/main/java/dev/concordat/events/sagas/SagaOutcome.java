package dev.concordat.events.sagas;

import com.google.protobuf.Message;
import dev.concordat.core.Failure;

/// What became of a saga.
///
/// @param <R> its outcome
public sealed interface SagaOutcome<R extends Message> {
  /// It did all of it.
  record Completed<R extends Message>(R result) implements SagaOutcome<R> {}

  /// It failed, and everything was undone.
  ///
  /// @param failure code, message and reason
  record Failed<R extends Message>(Failure failure) implements SagaOutcome<R> {}

  /// It is under way.
  ///
  /// @param undoing whether it has failed and is undoing what it did
  record Running<R extends Message>(boolean undoing) implements SagaOutcome<R> {}
}
