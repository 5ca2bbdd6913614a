package dev.concordat.calls;

import dev.concordat.calls.retry.RetryDecision;
import dev.concordat.calls.wire.OngoingCall;
import dev.concordat.calls.wire.Reach;
import dev.concordat.core.Background;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Two attempts of one call: the second begins when the first has not answered for a while. The
/// first good answer wins, and so does a failure that trying again would not mend; the loser is
/// cancelled. A failure that may pass leaves the field to the other attempt.
///
/// The first attempt runs on the caller's thread, so a call that is answered in time costs no more
/// than a thread that sleeps.
///
/// Source: The Tail at Scale (Dean, Barroso), hedged requests.
final class Race implements OngoingCall {
  private final OngoingCall first;
  private final Clock clock;
  private final Supplier<Optional<OngoingCall>> open;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable OngoingCall second;
  private @Nullable Thread hedging;
  private boolean secondRuns;
  private @Nullable OngoingCall winner;
  private @Nullable Answered secondAnswered;

  /// What the second attempt came back with; one of the two.
  private record Answered(Optional<byte[]> message, @Nullable Failure failure) {}

  /// @param open opens the second attempt; empty when that is not allowed
  Race(OngoingCall first, Clock clock, Supplier<Optional<OngoingCall>> open) {
    this.first = first;
    this.clock = clock;
    this.open = open;
  }

  void begin(Duration delay, Background threads) {
    if (!threads.stopping()) {
      // Not in the caller's context: what it numbers must not depend on how often we try.
      hedging = Context.root().call(() -> threads.start("hedge", () -> hedge(delay)));
    }
  }

  private void hedge(Duration delay) {
    try {
      clock.sleep(delay);
    } catch (InterruptedException e) {
      return; // The first attempt has ended in time.
    }
    lock.lock();
    try {
      if (winner != null) {
        return;
      }
      secondRuns = true;
    } finally {
      lock.unlock();
    }
    OngoingCall attempt = null;
    try {
      attempt = open.get().orElse(null);
      if (attempt != null && enters(attempt)) {
        won(attempt, new Answered(attempt.next(), null));
      }
    } catch (Failure failure) {
      if (attempt != null && !RetryDecision.mayHelp(failure)) {
        won(attempt, new Answered(Optional.empty(), failure));
      }
    } finally {
      secondEnded();
    }
  }

  private boolean enters(OngoingCall attempt) {
    lock.lock();
    try {
      second = attempt;
      if (winner == null) {
        return true;
      }
    } finally {
      lock.unlock();
    }
    attempt.close();
    return false;
  }

  private void won(OngoingCall attempt, Answered answered) {
    lock.lock();
    try {
      if (winner != null) {
        return;
      }
      winner = attempt;
      secondAnswered = answered;
    } finally {
      lock.unlock();
    }
    // Wakes the caller, who is reading it.
    first.close();
  }

  private void secondEnded() {
    lock.lock();
    try {
      secondRuns = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<byte[]> next() {
    OngoingCall decided = winner();
    if (decided != null) {
      return decided.next();
    }
    Optional<byte[]> message;
    try {
      message = first.next();
    } catch (Failure failure) {
      return secondAfter(failure);
    }
    Answered other = firstAnswered(true);
    return other == null ? message : head(other);
  }

  /// The first attempt has failed: with the other one's answer when that has won, or still may.
  private Optional<byte[]> secondAfter(Failure failure) {
    Answered other = firstAnswered(!RetryDecision.mayHelp(failure));
    if (other == null) {
      stop();
      throw failure;
    }
    return head(other);
  }

  /// @param decisive whether it ends the race
  /// @return the second attempt's answer when that has won; null when it has not and will not
  private @Nullable Answered firstAnswered(boolean decisive) {
    lock.lock();
    try {
      while (winner == null && !decisive && secondRuns) {
        changed.await();
      }
      if (winner == null) {
        winner = first;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
      throw Failure.of(Code.CANCELLED, "interrupted while waiting for the second instance", e);
    } finally {
      lock.unlock();
    }
    if (secondAnswered == null) {
      stop();
    }
    return secondAnswered;
  }

  private static Optional<byte[]> head(Answered answered) {
    if (answered.failure() != null) {
      throw answered.failure().here();
    }
    return answered.message();
  }

  private @Nullable OngoingCall winner() {
    lock.lock();
    try {
      return winner;
    } finally {
      lock.unlock();
    }
  }

  /// The second attempt is not needed any more.
  private void stop() {
    Thread thread = hedging;
    if (thread != null) {
      thread.interrupt();
    }
    OngoingCall running;
    lock.lock();
    try {
      running = second;
    } finally {
      lock.unlock();
    }
    if (running != null) {
      running.close();
    }
  }

  @Override
  public void begun() {
    // Only methods that take one message are hedged.
  }

  @Override
  public void send(byte[] message) {
    throw new IllegalStateException("only methods that take one message are hedged");
  }

  @Override
  public void finish() {}

  /// The farther of the two.
  @Override
  public Reach reach() {
    Reach one = first.reach();
    lock.lock();
    try {
      Reach other = second == null ? Reach.NOWHERE : second.reach();
      return one.compareTo(other) >= 0 ? one : other;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean replayed() {
    OngoingCall decided = winner();
    return decided != null && decided.replayed();
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (winner == null) {
        winner = first;
      }
    } finally {
      lock.unlock();
    }
    first.close();
    stop();
  }
}
