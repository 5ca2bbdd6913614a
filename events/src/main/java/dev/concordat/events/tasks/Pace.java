package dev.concordat.events.tasks;

import dev.concordat.core.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/// How many tasks end in a moment, by how many did since this was asked last: so that quick ones
/// are claimed ahead in large batches and slow ones are left for others.
///
/// Threads: ends from many; asked by one.
final class Pace {
  private static final Duration AHEAD = Duration.ofMillis(20);
  private static final Duration SHORTEST = Duration.ofMillis(4);
  private static final int CLAIMS = 4;
  private static final int MOST = 1_000;

  private final Clock clock;
  private final LongAdder ended = new LongAdder();
  private int soon;
  private long before;
  private long at;

  Pace(Clock clock) {
    this.clock = clock;
    this.at = clock.nanos();
  }

  void ended() {
    ended.increment();
  }

  /// How many will end within the next 20 ms, or while four claims are written where those take
  /// longer; at most 1,000.
  ///
  /// @param claim how long the last claim took, in nanoseconds
  int soon(long claim) {
    long now = clock.nanos();
    long took = now - at;
    if (took < SHORTEST.toNanos()) {
      return soon;
    }
    long all = ended.sum();
    double share = (double) Math.max(AHEAD.toNanos(), CLAIMS * claim) / took;
    soon = (int) Math.min(MOST, (all - before) * share);
    before = all;
    at = now;
    return soon;
  }
}
