package dev.concordat.calls.rest;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// An answer on its way in: first its head, then its body piece by piece. The next piece is asked
/// for when the last one was taken, so a slow reader slows the sender.
///
/// Threads: the HTTP client's fill it, one reader empties it; [#abort] from any.
final class Arrival implements BodySubscriber<Void> {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<ByteBuffer> pieces = new ArrayDeque<>();
  private final CompletableFuture<Void> whole = new CompletableFuture<>();
  private Flow.@Nullable Subscription subscription;
  private @Nullable ResponseInfo head;
  private @Nullable Throwable broken;
  private boolean complete;

  /// The head has come.
  BodySubscriber<Void> begin(ResponseInfo info) {
    change(() -> head = info);
    return this;
  }

  /// Nothing more will come. The first reason counts.
  ///
  /// @return false when all had come: the connection is as good as new
  boolean abort(Throwable why) {
    Flow.Subscription running;
    lock.lock();
    try {
      if (complete) {
        return false;
      }
      if (broken == null) {
        broken = why;
        pieces.clear();
      }
      running = subscription;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (running != null) {
      running.cancel();
    }
    whole.completeExceptionally(why);
    return true;
  }

  /// Waits for the head.
  ///
  /// @throws Broken when there is none
  ResponseInfo head() throws Broken, InterruptedException {
    lock.lockInterruptibly();
    try {
      await(() -> head != null);
      return Objects.requireNonNull(head);
    } finally {
      lock.unlock();
    }
  }

  /// Waits for the next piece of the body; empty at its end.
  ///
  /// @throws Broken when it was cut off
  Optional<ByteBuffer> piece() throws Broken, InterruptedException {
    Optional<ByteBuffer> piece;
    Flow.Subscription more;
    lock.lockInterruptibly();
    try {
      await(() -> complete || !pieces.isEmpty());
      piece = Optional.ofNullable(pieces.poll());
      more = pieces.isEmpty() && !complete ? subscription : null;
    } finally {
      lock.unlock();
    }
    if (more != null) {
      more.request(1);
    }
    return piece;
  }

  @Override
  public CompletionStage<Void> getBody() {
    return whole;
  }

  @Override
  public void onSubscribe(Flow.Subscription begun) {
    boolean late;
    lock.lock();
    try {
      subscription = begun;
      late = broken != null;
    } finally {
      lock.unlock();
    }
    if (late) {
      begun.cancel();
    } else {
      begun.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> more) {
    Flow.Subscription again;
    lock.lock();
    try {
      if (broken != null) {
        return;
      }
      more.stream().filter(ByteBuffer::hasRemaining).forEach(pieces::add);
      again = pieces.isEmpty() ? subscription : null;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (again != null) {
      again.request(1);
    }
  }

  @Override
  public void onError(Throwable why) {
    var _ = abort(why);
  }

  @Override
  public void onComplete() {
    change(() -> complete = true);
    whole.complete(null);
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void await(BooleanSupplier condition) throws Broken, InterruptedException {
    while (!condition.getAsBoolean()) {
      if (broken != null) {
        throw new Broken(broken);
      }
      changed.await();
    }
  }

  /// It did not arrive, or not all of it.
  static final class Broken extends IOException {
    private static final long serialVersionUID = 1L;

    Broken(Throwable why) {
      super(why);
    }
  }
}
