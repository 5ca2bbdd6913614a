package dev.concordat.bench.simulation;

import dev.concordat.core.Priority;
import java.util.ArrayList;
import java.util.List;

/// One question, or one attempt at it.
///
/// Threads: one.
final class Ask {
  private final long deadline;
  private final Priority priority;
  private final boolean repeatable;
  private final List<Runnable> watchers = new ArrayList<>(1);
  private boolean over;

  /// @param deadline when nobody waits for the answer any more, in nanoseconds of the timeline
  /// @param repeatable whether the work may be done twice
  Ask(long deadline, Priority priority, boolean repeatable) {
    this.deadline = deadline;
    this.priority = priority;
    this.repeatable = repeatable;
  }

  long deadline() {
    return deadline;
  }

  Priority priority() {
    return priority;
  }

  boolean repeatable() {
    return repeatable;
  }

  /// The same question once more, or further down.
  Ask with(long deadline, Priority priority) {
    return new Ask(deadline, priority, repeatable);
  }

  /// Nobody waits for the answer any more.
  void cancel() {
    if (!over) {
      over = true;
      watchers.forEach(Runnable::run);
    }
  }

  boolean over() {
    return over;
  }

  void whenOver(Runnable watcher) {
    watchers.add(watcher);
  }
}
