package dev.concordat.events.sagas;

import dev.concordat.core.Code;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.events.tasks.HeldLease;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Whether a run of a saga may go on, and why not.
///
/// Threads: the saga's own; only [#cancel] comes from others.
final class SagaStanding {
  private final HeldLease lease;
  private final BooleanSupplier stopping;
  private final Deadline timeout;
  private volatile Optional<String> cancelBecause;
  private boolean concluded;
  private @Nullable Failure stopped;
  private @Nullable SagaInterrupted interrupted;

  /// @param stopping whether the process is
  SagaStanding(
      HeldLease lease, BooleanSupplier stopping, Deadline timeout, Optional<String> cancelBecause) {
    this.lease = lease;
    this.stopping = stopping;
    this.timeout = timeout;
    this.cancelBecause = cancelBecause;
  }

  HeldLease lease() {
    return lease;
  }

  Deadline timeout() {
    return timeout;
  }

  void cancel(String because) {
    cancelBecause = Optional.of(because);
  }

  /// The saga has ended, in the transaction of its last step.
  void conclude() {
    concluded = true;
  }

  boolean concluded() {
    return concluded;
  }

  /// What the saga was stopped with; whatever its code makes of it.
  Optional<Failure> stopped() {
    return Optional.ofNullable(stopped);
  }

  /// Throws unless the code may do something.
  void check() {
    requireRun();
    if (stopped != null) {
      throw stopped;
    }
    if (concluded) {
      throw new IllegalStateException("the saga is concluded; return its outcome");
    }
    requireHold();
  }

  /// Throws when this run has been interrupted, also if its code has caught that.
  void requireRun() {
    if (interrupted != null) {
      throw interrupted;
    }
  }

  /// Throws unless the saga is still ours to work on.
  void requireHold() {
    requireRun();
    if (lease.cancellation().cancelled()) {
      throw interrupt(new SagaInterrupted.Why.Lost());
    }
    if (stopping.getAsBoolean()) {
      throw interrupt(new SagaInterrupted.Why.GivenBack());
    }
  }

  /// Throws when somebody has cancelled the saga or its time has run out.
  void stopIfAsked() {
    if (cancelBecause.isPresent()) {
      throw stop(cancelled(cancelBecause.get()));
    }
    if (timeout.expired()) {
      throw stop(
          Failure.of(Code.DEADLINE_EXCEEDED, "the saga has run out of its time")
              .with(Failure.Details.NONE.withReason("SAGA_TIMEOUT")));
    }
  }

  static Failure cancelled(String because) {
    return Failure.of(Code.CANCELLED, because)
        .with(Failure.Details.NONE.withReason("SAGA_CANCELLED"));
  }

  Failure stop(Failure why) {
    stopped = why;
    return why;
  }

  SagaInterrupted interrupt(SagaInterrupted.Why why) {
    interrupted = new SagaInterrupted(why, null);
    return interrupted;
  }

  /// What was to be written or asked was not, for this reason.
  SagaInterrupted giveBack(Throwable because) {
    interrupted = new SagaInterrupted(new SagaInterrupted.Why.GivenBack(), because);
    return interrupted;
  }
}
