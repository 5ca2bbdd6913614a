package dev.concordat.events.subscriptions;

import dev.concordat.events.JdbcTransaction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A lane worker's present work, as the watch over it sees it: a handler that goes on beyond its
/// budget is interrupted, one that goes on even then is left behind with its connection cut, so
/// that whatever it still does has no effect.
final class Run {
  private final List<Job> jobs;
  private final Thread thread = Thread.currentThread();
  private @Nullable JdbcTransaction<?> transaction;
  private long interruptAt;
  private boolean handling;
  private boolean interrupted;
  private boolean leftBehind;

  Run(List<Job> jobs) {
    this.jobs = jobs;
  }

  List<Job> jobs() {
    return jobs;
  }

  /// A handler begins.
  ///
  /// @param until in [dev.concordat.core.Clock#nanos()]
  synchronized void begin(@Nullable JdbcTransaction<?> transaction, long until) {
    this.transaction = transaction;
    this.interruptAt = until;
    this.handling = true;
    this.interrupted = false;
  }

  /// The handler has returned or thrown: from here on the work is ours. An interruption that the
  /// handler left behind, or that came too late for it, is none of ours.
  ///
  /// @param stopping whether an interruption means that everything ends
  synchronized void over(boolean stopping) {
    handling = false;
    if (!stopping) {
      var _ = Thread.interrupted();
    }
  }

  /// Whether this work was given to somebody else.
  synchronized boolean leftBehind() {
    return leftBehind;
  }

  /// Interrupts or leaves behind what takes too long.
  ///
  /// @param grace between the two, in nanoseconds
  /// @return whether it was left behind now
  synchronized boolean check(long now, long grace) {
    if (!handling || leftBehind || now - interruptAt < 0) {
      return false;
    }
    if (!interrupted) {
      interrupted = true;
      thread.interrupt();
    }
    if (now - interruptAt < grace) {
      return false;
    }
    leftBehind = true;
    if (transaction != null) {
      transaction.abort();
    }
    return true;
  }
}
