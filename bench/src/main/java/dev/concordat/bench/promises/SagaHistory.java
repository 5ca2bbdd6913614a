package dev.concordat.bench.promises;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// What one saga did to the books. Its steps are bookings, each once at most, in their order; the
/// end of its way forward is a booking too.
///
/// @param id the saga's own
/// @param steps names of the bookings, in the order of the code; the last one is the end
/// @param mustFail whether its code refuses before the end
/// @param booked how often each was booked
/// @param undone which bookings were taken back
public record SagaHistory(
    String id, List<String> steps, boolean mustFail, Map<String, Long> booked, Set<String> undone) {
  /// Copies what it is given.
  public SagaHistory {
    steps = List.copyOf(steps);
    booked = Map.copyOf(booked);
    undone = Set.copyOf(undone);
  }
}
