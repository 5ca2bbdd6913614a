package dev.concordat.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Several questions at once, each on its own virtual thread, all in the current context. Nothing
/// runs on after the method has returned.
///
/// Threads: the caller waits; its interruption and its cancellation reach every question.
///
/// Failure: the first one cancels and interrupts the others and is thrown as it is, a checked
/// exception as the cause of an [Code#INTERNAL].
///
/// Default limit: 16 at a time.
public final class Fanout {
  private static final int LIMIT = 16;

  private Fanout() {}

  /// Asks two things at once.
  public static <A, B, R> R both(
      Callable<A> first, Callable<B> second, BiFunction<? super A, ? super B, ? extends R> join) {
    Future<A> a;
    Future<B> b;
    try (Scope scope = new Scope(2)) {
      a = scope.fork(first);
      b = scope.fork(second);
      scope.join();
    }
    return join.apply(a.resultNow(), b.resultNow());
  }

  /// Asks the same of each item, 16 at a time; answers come in the items' order.
  public static <T, R> List<R> each(List<T> items, Function<? super T, ? extends R> question) {
    return each(items, LIMIT, question);
  }

  /// Asks the same of each item; answers come in the items' order.
  ///
  /// @param limit how many at a time, at least 1
  public static <T, R> List<R> each(
      List<T> items, int limit, Function<? super T, ? extends R> question) {
    if (limit < 1) {
      throw new IllegalArgumentException("a fan-out needs a limit of at least 1, got " + limit);
    }
    List<Future<R>> answers = new ArrayList<>(items.size());
    try (Scope scope = new Scope(limit)) {
      for (T item : items) {
        answers.add(scope.fork(() -> question.apply(item)));
      }
      scope.join();
    }
    return answers.stream().map(Future::resultNow).toList();
  }

  private static final class Scope implements AutoCloseable {
    private final Cancellation parent = Context.current().cancellation();
    private final Cancellation cancellation = Cancellation.under(parent);
    private final Context context = Context.current().withCancellation(cancellation);
    private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Throwable> first = new AtomicReference<>();
    private final Semaphore permits;

    Scope(int limit) {
      this.permits = new Semaphore(limit);
      cancellation.onCancel(this::interruptOthers);
    }

    <T> Future<T> fork(Callable<T> work) {
      try {
        permits.acquire();
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
      if (cancellation.cancelled()) {
        throw reason();
      }
      FutureTask<T> task = new FutureTask<>(bound(work));
      Thread thread =
          Thread.ofVirtual()
              .name("fanout")
              .unstarted(() -> {
                task.run();
                permits.release();
              });
      threads.add(thread);
      thread.start();
      return task;
    }

    /// In the order of the questions, so that the keys of their calls are the same in every run.
    private <T> Callable<T> bound(Callable<T> work) {
      Context own = context.branched();
      return () -> own.call(() -> guarded(work));
    }

    /// Waits for all; a failure of one has by then interrupted the rest.
    void join() {
      try {
        for (Thread thread : threads) {
          thread.join();
        }
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
      if (first.get() != null) {
        throw reason();
      }
    }

    @Override
    public void close() {
      if (threads.stream().anyMatch(Thread::isAlive)) {
        cancellation.cancel(Failure.of(Code.CANCELLED, "nobody waits for the answer any more"));
      }
      boolean interrupted = false;
      for (Thread thread : threads) {
        while (thread.isAlive()) {
          try {
            thread.join();
          } catch (InterruptedException e) {
            interrupted = true;
          }
        }
      }
      cancellation.close();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    private <T> T guarded(Callable<T> work) throws Exception {
      try {
        cancellation
            .reason()
            .ifPresent(reason -> {
              throw reason;
            });
        return work.call();
      } catch (Throwable e) {
        first.compareAndSet(null, e);
        cancellation.cancel(Failure.of(Code.CANCELLED, "another parallel question failed", e));
        throw e;
      }
    }

    private void interruptOthers() {
      for (Thread thread : threads) {
        if (!thread.equals(Thread.currentThread())) {
          thread.interrupt();
        }
      }
    }

    private Failure interrupted(InterruptedException e) {
      Thread.currentThread().interrupt();
      return Failure.of(Code.CANCELLED, "interrupted while waiting for parallel questions", e);
    }

    private RuntimeException reason() {
      if (parent.cancelled()) {
        return parent.reason().orElseThrow();
      }
      return switch (Objects.requireNonNull(first.get(), "only a failure or the parent cancels")) {
        case RuntimeException e -> e;
        case Error e -> throw e;
        case Throwable e -> Failure.of(Code.INTERNAL, "a parallel question failed", e);
      };
    }
  }
}
