package dev.concordat.events.tasks;

import dev.concordat.core.Cancellation;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.time.Duration;
import java.time.Instant;

/// A lease as its holder sees it, on its own monotonic clock.
public final class HeldLease {
  private final long id;
  private final long token;
  private final Clock clock;
  private final long stopAt;
  private final Cancellation cancellation = Cancellation.create();
  private volatile long endsAt;
  private volatile boolean settling;

  /// @param endsAt when the lease ends unless renewed, in [Clock#nanos()]
  /// @param stopAt when renewing ends, in [Clock#nanos()]
  HeldLease(long id, long token, Clock clock, long endsAt, long stopAt) {
    this.id = id;
    this.token = token;
    this.clock = clock;
    this.endsAt = endsAt;
    this.stopAt = stopAt;
  }

  long id() {
    return id;
  }

  long token() {
    return token;
  }

  public Cancellation cancellation() {
    return cancellation;
  }

  Duration left() {
    return Duration.ofNanos(Math.max(0, endsAt - clock.nanos()));
  }

  Instant until() {
    return clock.now().plus(left());
  }

  void renewed(long endsAt) {
    this.endsAt = endsAt;
  }

  /// From here on a transaction holds the row; renewing would wait for it.
  void settling() {
    settling = true;
  }

  boolean renewable() {
    return !settling && !cancellation.cancelled();
  }

  /// Cancels the work when the lease is over.
  void check(long now) {
    if (now - stopAt >= 0) {
      cancellation.cancel(
          Failure.of(Code.DEADLINE_EXCEEDED, "the work took longer than one attempt may"));
    } else if (now - endsAt >= 0) {
      cancellation.cancel(lost());
    }
  }

  static Failure lost() {
    return Failure.of(
        Code.ABORTED, "the lease was lost: the work belongs to another worker now; roll back");
  }
}
