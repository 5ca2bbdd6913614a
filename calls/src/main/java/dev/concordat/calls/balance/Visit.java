package dev.concordat.calls.balance;

import org.jspecify.annotations.Nullable;

/// One attempt that an instance works on.
///
/// Threads: safe for many. The first end counts.
public final class Visit {
  private final Instance<?> instance;
  final long since;
  final boolean stream;
  // A list in the order of beginning, so that the oldest is known at once. Guarded by the instance.
  @Nullable Visit older;
  @Nullable Visit newer;
  boolean over;

  Visit(Instance<?> instance, long since, boolean stream) {
    this.instance = instance;
    this.since = since;
    this.stream = stream;
  }

  /// It has ended.
  public void end(Outcome outcome) {
    instance.end(this, outcome);
  }
}
