package dev.concordat.events;

import org.jspecify.annotations.Nullable;

/// One of the transactions that a thread has begun, each of which keeps a connection of the pool
/// until it ends.
///
/// Threads: begun by the thread that it counts for, ended by any.
final class OpenHere {
  private static final ThreadLocal<OpenHere> LAST = new ThreadLocal<>();

  private final @Nullable OpenHere outer;
  private volatile boolean ended;

  private OpenHere(@Nullable OpenHere outer) {
    this.outer = outer;
  }

  static OpenHere begin() {
    OpenHere begun = new OpenHere(last());
    LAST.set(begun);
    return begun;
  }

  /// Whether this thread has begun one that has not ended.
  static boolean any() {
    return last() != null;
  }

  void end() {
    ended = true;
    var _ = last();
  }

  private static @Nullable OpenHere last() {
    OpenHere last = LAST.get();
    while (last != null && last.ended) {
      last = last.outer;
    }
    if (last == null) {
      LAST.remove();
    } else {
      LAST.set(last);
    }
    return last;
  }
}
