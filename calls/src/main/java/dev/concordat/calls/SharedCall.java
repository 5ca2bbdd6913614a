package dev.concordat.calls;

import dev.concordat.calls.record.Trail;
import dev.concordat.calls.wire.OngoingCall;
import dev.concordat.calls.wire.OutgoingCall;
import dev.concordat.core.Background;
import dev.concordat.core.Cancellation;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A call that several wait for, on a thread of its own: none of them may end it for the others.
///
/// Threads: safe for many.
final class SharedCall {
  private final OutgoingCall call;
  private final Cancellation cancellation = Cancellation.create();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private int waiting = 1;
  private boolean over;
  private Optional<byte[]> message = Optional.empty();
  private @Nullable Failure failure;

  /// One that nobody has begun yet.
  ///
  /// @param call of the caller who begins it, and is the first to wait
  SharedCall(OutgoingCall call) {
    this.call = call.with(call.context().withCancellation(cancellation));
  }

  Context context() {
    return call.context();
  }

  Trail trail() {
    return call.trail();
  }

  /// Begins it.
  ///
  /// @param ended told before those who wait
  void begin(ClientStep next, Background threads, Runnable ended) {
    try {
      // Not in the caller's context, which the others do not share.
      Context.root().run(() -> threads.start("shared", () -> ask(next, ended)));
    } catch (Failure stopping) {
      end(ended, Optional.empty(), stopping);
    }
  }

  private void ask(ClientStep next, Runnable ended) {
    try (OngoingCall attempt = next.open(call)) {
      end(ended, attempt.next(), null);
    } catch (Failure why) {
      end(ended, Optional.empty(), why);
    } catch (RuntimeException | Error defect) {
      end(ended, Optional.empty(), Failure.of(Code.INTERNAL, "the call broke off", defect));
      throw defect;
    }
  }

  private void end(Runnable ended, Optional<byte[]> answer, @Nullable Failure why) {
    ended.run();
    lock.lock();
    try {
      if (!over) {
        over = true;
        message = answer;
        failure = why;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /// One more waits; false when the last one who waited has left.
  boolean join() {
    lock.lock();
    try {
      if (waiting == 0) {
        return false;
      }
      waiting++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// One waits no more; after the last one, nobody needs the call. Counts once for each join.
  void leave() {
    boolean last;
    lock.lock();
    try {
      last = --waiting == 0 && !over;
    } finally {
      lock.unlock();
    }
    if (last) {
      cancellation.cancel(Failure.of(Code.CANCELLED, "nobody waits for the answer any more"));
    }
  }

  /// Waits for the answer, for as long as this caller can.
  Optional<byte[]> await(Context own) {
    Runnable forget = own.cancellation().onCancel(this::wake);
    lock.lock();
    try {
      while (!over) {
        own.check();
        long left = own.deadline().map(Deadline::remaining).orElseThrow().toNanos();
        long _ = changed.awaitNanos(left);
      }
      if (failure != null) {
        throw failure.here();
      }
      return message;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw own.cancellation()
          .reason()
          .map(Failure::here)
          .orElseGet(() -> Failure.of(Code.CANCELLED, "interrupted while calling", e));
    } finally {
      lock.unlock();
      forget.run();
    }
  }

  private void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
