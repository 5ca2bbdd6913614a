package dev.concordat.events.subscriptions;

import dev.concordat.core.Cancellation;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.claims.Claim;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A partition of a topic, while this process reads it for a subscription.
final class Partition {
  private final Claim claim;
  private final Progress progress;
  private final Set<String> parked = ConcurrentHashMap.newKeySet();
  private final Set<String> retrying = ConcurrentHashMap.newKeySet();
  private final Cancellation cancellation = Cancellation.create();
  private volatile boolean lost;
  private volatile @Nullable Throwable defect;
  private long saved;
  private long leavingSince;
  private long seen = -1;
  private long movedAt;

  Partition(Claim claim, long position, Collection<String> parked) {
    this.claim = claim;
    this.progress = new Progress(position);
    this.saved = position;
    this.parked.addAll(parked);
  }

  Claim claim() {
    return claim;
  }

  int number() {
    return claim.part();
  }

  Progress progress() {
    return progress;
  }

  /// Keys with a message that waits for another try.
  Set<String> parked() {
    return parked;
  }

  /// Parked keys whose next try is on its way.
  Set<String> retrying() {
    return retrying;
  }

  /// Another process has it now: nothing more is to be done here.
  void lose() {
    lost = true;
    cancellation.cancel(
        Failure.of(Code.ABORTED, "the partition belongs to another process now; it does the work"));
  }

  /// Work in it ended in a way that nobody foresaw, and what became of that is not known. Nothing
  /// more is done here; it is given back, and whoever takes it reads on from its cursor.
  void fail(Throwable why) {
    defect = why;
    lose();
  }

  /// Why it is to be given back.
  Optional<Throwable> defect() {
    return Optional.ofNullable(defect);
  }

  void givenBack() {
    defect = null;
  }

  /// Cancelled when it is lost.
  Cancellation cancellation() {
    return cancellation;
  }

  /// Since when another process should have it, in [System#nanoTime()]; begins with the first call.
  long leavingSince() {
    leavingSince = leavingSince == 0 ? System.nanoTime() : leavingSince;
    return leavingSince;
  }

  void stays() {
    leavingSince = 0;
  }

  /// How long the cursor has stood still before this end of the log, as far as was looked; in
  /// nanoseconds. For one thread.
  ///
  /// @param now in nanoseconds of the clock
  long standing(long end, long now) {
    long done = progress.done();
    if (done != seen || done >= end) {
      seen = done;
      movedAt = now;
    }
    return now - movedAt;
  }

  boolean lost() {
    return lost;
  }

  /// How far the cursor has been written.
  long saved() {
    return saved;
  }

  void saved(long position) {
    saved = position;
  }
}
