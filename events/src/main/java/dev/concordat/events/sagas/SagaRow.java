package dev.concordat.events.sagas;

import com.google.protobuf.ByteString;
import dev.concordat.core.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A saga as the process got it that runs it.
///
/// @param number its row
/// @param token what proves the claim; 1 for the process that started it
/// @param tries of the undo that is at work
/// @param left until the timeout; negative when it has passed
/// @param cancelBecause why it was cancelled; empty when it was not
record SagaRow(
    long number,
    long token,
    String type,
    String id,
    int tries,
    Duration left,
    Optional<String> cancelBecause,
    Past past,
    Map<String, String> headers,
    ByteString input) {
  SagaRow with(Past past) {
    return new SagaRow(number, token, type, id, tries, left, cancelBecause, past, headers, input);
  }

  /// What it has done.
  ///
  /// @param failing the saga's failure, once it is compensating
  /// @param waits the wait or sleep at which it stands
  record Past(
      List<SagaJournal.Entry> done,
      Set<String> undone,
      Optional<Failure> failing,
      Optional<String> waits) {
    static final Past NONE = new Past(List.of(), Set.of(), Optional.empty(), Optional.empty());
  }
}
