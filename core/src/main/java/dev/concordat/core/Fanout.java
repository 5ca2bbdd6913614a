package dev.concordat.core;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.function.BiFunction;
import java.util.function.Function;

/// Several questions at once, each on its own virtual thread, all in the current context. The first
/// failure cancels the others and is thrown; nothing runs on after the method has returned.
///
/// Default limit: 16 at a time.
public final class Fanout {
  private static final int LIMIT = 16;

  private Fanout() {}

  /// Asks two things at once.
  public static <A, B, R> R both(
      Callable<A> first, Callable<B> second, BiFunction<? super A, ? super B, ? extends R> join) {
    try (Scope scope = new Scope(2)) {
      Future<A> a = scope.fork(first);
      Future<B> b = scope.fork(second);
      scope.join();
      return join.apply(a.resultNow(), b.resultNow());
    }
  }

  /// Asks the same of each item, 16 at a time; answers come in the items' order.
  public static <T, R> List<R> each(List<T> items, Function<? super T, ? extends R> question) {
    return each(items, LIMIT, question);
  }

  /// Asks the same of each item.
  ///
  /// @param limit how many at a time, at least 1
  public static <T, R> List<R> each(
      List<T> items, int limit, Function<? super T, ? extends R> question) {
    try (Scope scope = new Scope(limit)) {
      List<Future<R>> answers = new ArrayList<>(items.size());
      for (T item : items) {
        answers.add(scope.fork(() -> question.apply(item)));
      }
      scope.join();
      return answers.stream().map(Future::resultNow).toList();
    }
  }

  private static final class Scope implements AutoCloseable {
    private final List<Thread> threads = new ArrayList<>();
    private final List<FutureTask<?>> tasks = new ArrayList<>();
    private final Semaphore permits;
    private final Cancellation cancellation =
        Cancellation.under(Context.current().cancellation());
    private final Context context = Context.current().withCancellation(cancellation);

    Scope(int limit) {
      this.permits = new Semaphore(limit);
    }

    <T> Future<T> fork(Callable<T> work) {
      permits.acquireUninterruptibly();
      FutureTask<T> task = new FutureTask<>(() -> context.call(() -> guarded(work)));
      tasks.add(task);
      threads.add(
          Thread.ofVirtual()
              .name("fanout")
              .start(
                  () -> {
                    try {
                      task.run();
                    } finally {
                      permits.release();
                    }
                  }));
      return task;
    }

    private <T> T guarded(Callable<T> work) throws Exception {
      cancellation.reason().ifPresent(
          reason -> {
            throw reason;
          });
      try {
        return work.call();
      } catch (Exception e) {
        cancellation.cancel(asFailure(e));
        throw e;
      }
    }

    void join() {
      for (FutureTask<?> task : tasks) {
        try {
          task.get();
        } catch (ExecutionException | CancellationException e) {
          throw cancellation.reason().orElseGet(() -> asFailure(e));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw Failure.of(Code.CANCELLED, "interrupted while waiting for parallel questions", e);
        }
      }
    }

    @Override
    public void close() {
      boolean unfinished = tasks.stream().anyMatch(task -> !task.isDone());
      if (unfinished) {
        cancellation.cancel(Failure.of(Code.CANCELLED, "another parallel question failed"));
        tasks.forEach(task -> task.cancel(true));
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
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    private static Failure asFailure(Throwable e) {
      return e instanceof Failure failure
          ? failure
          : Failure.of(Code.INTERNAL, "a parallel question failed", e);
    }
  }
}
