package dev.concordat.calls.discovery;

import dev.concordat.core.Clock;
import java.time.Duration;
import java.util.List;

/// Believes that nobody is left only when it is said again. A server that has lost its memory, or a
/// zone that is being rewritten, says it for a moment; and to be wrong costs every connection,
/// while to wait costs nothing, since nobody would have answered anyway.
final class Confirmed {
  private final Duration least;
  private final Clock clock;
  private boolean doubting;
  private long since;

  /// @param least how long it must have been so, from the first time it was said to the last
  Confirmed(Duration least, Clock clock) {
    this.least = least;
    this.clock = clock;
  }

  /// Tells what was found, unless it is to be looked at once more.
  ///
  /// @return whether it is
  boolean doubts(Lookout lookout, List<Endpoint> found) {
    if (!found.isEmpty() || lookout.told().isEmpty()) {
      doubting = false;
    } else if (!doubting) {
      doubting = true;
      since = clock.nanos();
      lookout.answered();
      return true;
    } else if (clock.nanos() - since < least.toNanos()) {
      lookout.answered();
      return true;
    }
    lookout.tell(found);
    return false;
  }
}
