package dev.concordat.events.sagas;

import java.util.Optional;
import java.util.Set;

/// Which sagas are meant.
///
/// @param type only of this type; empty for all
/// @param states only in these; none for those that have not ended
/// @param limit at most so many
public record SagaFilter(Optional<String> type, Set<SagaState> states, int limit) {
  /// Those that have not ended, 100 at most.
  public static final SagaFilter OPEN = new SagaFilter(Optional.empty(), Set.of(), 100);

  /// Copies the states.
  public SagaFilter {
    states = Set.copyOf(states);
  }
}
