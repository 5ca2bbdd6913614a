package dev.concordat.calls.record;

import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import org.jspecify.annotations.Nullable;

/// One attempt of a call as it is decided: written by the step that decides, while it decides.
///
/// Threads: written by the one that makes the attempt; read by any, which may see it half done.
public final class Attempt {
  private final int number;
  private final boolean hedge;
  private final long waitNanos;
  private final long begunNanos;
  private volatile @Nullable Endpoint endpoint;
  private int outstanding;
  private long ewmaNanos;
  private int candidates;
  private String state = "";
  private String outcome = "";
  private String decidedBy = "";
  private volatile long endedNanos;
  private volatile boolean ended;

  Attempt(int number, boolean hedge, long waitNanos, long begunNanos) {
    this.number = number;
    this.hedge = hedge;
    this.waitNanos = waitNanos;
    this.begunNanos = begunNanos;
  }

  /// An instance was chosen.
  ///
  /// @param endpoint which
  /// @param outstanding calls that it was working on for us, this one not counted
  /// @param ewmaNanos how long it takes to answer, smoothed, in nanoseconds; 0 when not known
  /// @param candidates instances that could have been chosen
  /// @param state what was known of the instance, for example `closed`, `half-open`, `ejected`,
  ///   `slow start`; a constant, empty when there is nothing to say
  public void picked(
      Endpoint endpoint, int outstanding, long ewmaNanos, int candidates, String state) {
    this.outstanding = outstanding;
    this.ewmaNanos = ewmaNanos;
    this.candidates = candidates;
    this.state = state;
    this.endpoint = endpoint;
  }

  /// It has ended; the first end counts.
  ///
  /// @param failure null when it went well
  public void ended(@Nullable Failure failure, long nanos) {
    ended(
        failure == null ? "OK" : failure.code().name(),
        failure == null ? "" : failure.details().decidedBy(),
        nanos);
  }

  /// Nobody waited for it any more: the caller left, or another attempt was faster.
  public void left(long nanos) {
    ended(Code.CANCELLED.name(), "", nanos);
  }

  private void ended(String outcome, String decidedBy, long nanos) {
    if (ended) {
      return;
    }
    this.outcome = outcome;
    this.decidedBy = decidedBy;
    this.endedNanos = nanos;
    this.ended = true;
  }

  /// From 1.
  public int number() {
    return number;
  }

  /// Whether it was sent because the one before it was slow, and not because that had failed.
  public boolean hedge() {
    return hedge;
  }

  /// How long was waited before it, in nanoseconds.
  public long waitNanos() {
    return waitNanos;
  }

  /// When it began, in the clock's nanoseconds.
  public long begunNanos() {
    return begunNanos;
  }

  /// How long it took, in nanoseconds; 0 while it is under way.
  public long tookNanos() {
    return ended ? Math.max(0, endedNanos - begunNanos) : 0;
  }

  /// The instance; null before one was chosen.
  public @Nullable Endpoint endpoint() {
    return endpoint;
  }

  /// Calls that the instance was working on for us when it was chosen.
  public int outstanding() {
    return outstanding;
  }

  /// How long the instance took to answer, smoothed, in nanoseconds; 0 when not known.
  public long ewmaNanos() {
    return ewmaNanos;
  }

  /// How many instances could have been chosen.
  public int candidates() {
    return candidates;
  }

  /// What was known of the instance; empty when there was nothing to say.
  public String state() {
    return state;
  }

  /// `OK`, a code's name, or empty while it is under way.
  public String outcome() {
    return ended ? outcome : "";
  }

  /// The step that decided the outcome; empty when it went well.
  public String decidedBy() {
    return ended ? decidedBy : "";
  }
}
