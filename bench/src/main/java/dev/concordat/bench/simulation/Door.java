package dev.concordat.bench.simulation;

import dev.concordat.core.Priority;
import java.time.Duration;
import java.util.Optional;

/// Whether a server takes one more call on.
interface Door {
  /// Takes everything.
  Door OPEN =
      priority ->
          Optional.of(telling -> {
            // nothing is counted
          });

  /// Asks for a place.
  ///
  /// @return the place; empty when there is none
  Optional<Place> admit(Priority priority);

  /// When a refused caller may come back.
  default Duration comeBack() {
    return Duration.ofMillis(100);
  }

  /// A place that is given back.
  interface Place {
    /// Gives it back.
    ///
    /// @param telling whether the time that the call took says something about load: its work was
    ///   begun and not given up
    void release(boolean telling);
  }
}
