package dev.concordat.events.sagas;

import java.time.Instant;
import java.util.Optional;

/// A saga in one line.
///
/// @param waitsFor what it waits for; empty unless it is [SagaState#WAITING]
/// @param because why it is stuck, failed, or what the last try of its undo failed with; empty when
///   there is nothing to say
/// @param undoTries failed tries of the undo that is at work
public record SagaSummary(
    String type,
    String id,
    SagaState state,
    Instant startedAt,
    Optional<Instant> endedAt,
    Optional<Wait> waitsFor,
    String because,
    int undoTries) {
  /// What a saga waits for.
  ///
  /// @param name of the wait in the code
  /// @param topic the type of event; empty while it sleeps
  /// @param key of the event; empty while it sleeps
  public record Wait(String name, String topic, String key, Instant until) {}
}
