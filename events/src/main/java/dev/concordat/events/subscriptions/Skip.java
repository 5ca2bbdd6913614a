package dev.concordat.events.subscriptions;

import java.time.Instant;
import java.util.Map;

/// What a subscription is told to leave out.
public sealed interface Skip {
  /// The message that this key waits for. It becomes a dead letter unless it is one; the next of
  /// the key is tried at once.
  static Skip message(String key) {
    return new Message(key);
  }

  /// All messages of this key that are parked now; they become dead letters.
  static Skip key(String key) {
    return new Key(key);
  }

  /// Everything below these positions, by partition. Parked messages below become dead letters;
  /// what was not tried yet is left out without a copy: it stands in the log.
  static Skip to(Map<Integer, Long> positions) {
    return new To(positions);
  }

  /// Everything appended before this instant, as for [#to].
  static Skip until(Instant instant) {
    return new Until(instant);
  }

  /// One message of a key.
  record Message(String key) implements Skip {}

  /// What is parked of a key.
  record Key(String key) implements Skip {}

  /// Up to positions.
  record To(Map<Integer, Long> positions) implements Skip {
    /// Copies them.
    public To {
      positions = Map.copyOf(positions);
    }
  }

  /// Up to an instant.
  record Until(Instant instant) implements Skip {}
}
