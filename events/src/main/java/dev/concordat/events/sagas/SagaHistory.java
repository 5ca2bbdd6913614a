package dev.concordat.events.sagas;

import com.google.protobuf.ByteString;
import dev.concordat.core.Failure;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A saga with all that it has done.
///
/// @param timeoutAt until when it may go forward
/// @param cancelBecause why it was cancelled; empty when it was not
/// @param endedBy who ended it by hand, and why; empty when it ended by itself
/// @param headers trace and baggage of whoever started it
public record SagaHistory(
    SagaSummary saga,
    Instant timeoutAt,
    Optional<String> cancelBecause,
    Optional<String> endedBy,
    Map<String, String> headers,
    ByteString input,
    Optional<ByteString> outcome,
    List<Step> steps) {
  /// Copies what can be changed.
  public SagaHistory {
    headers = Map.copyOf(headers);
    steps = List.copyOf(steps);
  }

  /// Something that is recorded.
  ///
  /// @param kind `step`, `transact`, `wait`, `sleep`, `patch` or `undo`
  /// @param type full name of the answer's message; empty when it is not known
  /// @param answer empty when it failed, or when a wait ended without its event
  public record Step(
      String kind,
      String name,
      String type,
      Optional<ByteString> answer,
      Optional<Failure> failure,
      Instant at) {}
}
