package dev.concordat.events.log;

import java.time.Instant;
import java.util.Map;

/// Where somebody who looks into a topic begins.
public sealed interface TailFrom {
  /// At the oldest message.
  record Beginning() implements TailFrom {}

  /// With what comes from now on.
  record End() implements TailFrom {}

  /// With the first message appended at this instant or later.
  record At(Instant instant) implements TailFrom {}

  /// So many messages before the end.
  ///
  /// @param messages at most 1,000
  record Last(int messages) implements TailFrom {}

  /// At these positions; partitions that are not named are not read.
  record Positions(Map<Integer, Long> positions) implements TailFrom {
    /// Copies them.
    public Positions {
      positions = Map.copyOf(positions);
    }
  }
}
