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
  private static final int MOST = 1_000;

  private final Clock clock;
  private final LongAdder ended = new LongAdder();
  private long before;
  private long at;

  Pace(Clock clock) {
    this.clock = clock;
    this.at = clock.nanos();
  }

  void ended() {
    ended.increment();
  }

  /// How many will end within the next 20 ms, at most 1,000.
  int soon() {
    long now = clock.nanos();
    long took = Math.max(1, now - at);
    long all = ended.sum();
    double share = (double) AHEAD.toNanos() / took;
    int soon = (int) Math.min(MOST, (all - before) * Math.min(share, 20));
    before = all;
    at = now;
    return soon;
  }
}
