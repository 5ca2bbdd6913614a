package dev.concordat.events.subscriptions;

import java.time.Instant;
import java.util.Map;

/// Where a new subscription begins to read. One that exists goes on where it was.
public sealed interface Start {
  /// At the oldest message that the log still has.
  static Start beginning() {
    return new Beginning();
  }

  /// With what is told from now on.
  static Start end() {
    return new End();
  }

  /// With the first message appended at this instant or later.
  static Start at(Instant instant) {
    return new At(instant);
  }

  /// At these positions, by partition. A partition that is not named begins at its oldest message;
  /// a position beyond the end waits for it, one that the log has forgotten begins at the oldest.
  static Start position(Map<Integer, Long> positions) {
    return new Position(positions);
  }

  /// At the oldest message.
  record Beginning() implements Start {}

  /// After the newest message.
  record End() implements Start {}

  /// At an instant.
  record At(Instant instant) implements Start {}

  /// At positions.
  record Position(Map<Integer, Long> positions) implements Start {
    /// Copies them.
    public Position {
      positions = Map.copyOf(positions);
      if (positions.values().stream().anyMatch(position -> position < 0)) {
        throw new IllegalArgumentException("positions begin at 0, these do not: " + positions);
      }
    }
  }
}
