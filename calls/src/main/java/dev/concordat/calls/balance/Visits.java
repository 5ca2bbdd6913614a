package dev.concordat.calls.balance;

import org.jspecify.annotations.Nullable;

/// What one instance works on: calls in the order in which they began, and the number of streams.
///
/// Threads: one at a time.
final class Visits {
  private @Nullable Visit oldest;
  private @Nullable Visit newest;
  private int calls;
  private int streams;

  void enter(Visit visit) {
    if (visit.stream) {
      streams++;
      return;
    }
    calls++;
    visit.older = newest;
    if (newest == null) {
      oldest = visit;
    } else {
      newest.newer = visit;
    }
    newest = visit;
  }

  void leave(Visit visit) {
    if (visit.stream) {
      streams--;
      return;
    }
    calls--;
    if (visit.older == null) {
      oldest = visit.newer;
    } else {
      visit.older.newer = visit.newer;
    }
    if (visit.newer == null) {
      newest = visit.older;
    } else {
      visit.newer.older = visit.older;
    }
    visit.older = null;
    visit.newer = null;
  }

  /// Streams not counted.
  int calls() {
    return calls;
  }

  int streams() {
    return streams;
  }

  /// How long the oldest call has waited, in nanoseconds; 0 when there is none.
  long age(long now) {
    return oldest == null ? 0 : now - oldest.since;
  }
}
