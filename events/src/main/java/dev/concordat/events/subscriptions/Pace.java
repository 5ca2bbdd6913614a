package dev.concordat.events.subscriptions;

import dev.concordat.events.subscriptions.SubscriptionOptions.Together;

/// How many messages share a transaction: as many as handlers get done in the time, fewer when such
/// transactions fail, because then everything in them is done twice.
final class Pace {
  private static final int FORGET = 8;

  private final Together together;
  private double nanosEach;
  private int most;
  private int alone;

  Pace(Together together) {
    this.together = together;
    this.most = together.messages();
    this.nanosEach = together.time().toNanos() / 4.0;
  }

  /// The size of the next transaction.
  synchronized int size() {
    double fit = together.time().toNanos() / Math.max(1, nanosEach);
    return (int) Math.clamp(fit, 1, most);
  }

  /// So many are done so soon that one worker takes them even while others are idle: a commit costs
  /// more than they do.
  synchronized int handful() {
    return Math.max(1, size() / 2);
  }

  /// Messages were handled.
  ///
  /// @param nanos of the handler alone: what the transaction costs beside it is shared
  synchronized void took(int messages, long nanos) {
    nanosEach += ((double) nanos / messages - nanosEach) / FORGET;
  }

  /// A transaction of several was committed.
  synchronized void worked() {
    most = Math.min(together.messages(), most + 1);
  }

  /// A transaction of several failed.
  synchronized void failed() {
    most = Math.max(1, most / 2);
  }

  /// One alone was done while several were not allowed: it may be tried again some time.
  synchronized void alone() {
    if (most == 1 && ++alone % 100 == 0) {
      most = Math.min(2, together.messages());
    }
  }
}
