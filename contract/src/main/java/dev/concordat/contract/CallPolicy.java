package dev.concordat.contract;

import dev.concordat.core.Priority;
import java.time.Duration;

/// What the contract says about calling a method.
///
/// @param deadline time of a caller that brings none
/// @param maxDeadline the longest deadline that is accepted
/// @param repeat what asking more than once does
/// @param priority what is shed first
/// @param exposedPublicly whether the edge routes it
/// @param allow who may call
public record CallPolicy(
    Duration deadline,
    Duration maxDeadline,
    Repeat repeat,
    Priority priority,
    boolean exposedPublicly,
    Allow allow) {
  /// Whether it may be called twice.
  public Safety safety() {
    return repeat.safety();
  }

  /// Whether a caller must bring an idempotency key.
  public boolean keyRequired() {
    return repeat.keyRequired();
  }
}
