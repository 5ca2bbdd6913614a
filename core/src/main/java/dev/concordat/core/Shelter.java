package dev.concordat.core;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Blocking work that an interrupt would break, and that has a better way to be stopped: JDBC above
/// all. A virtual thread that is interrupted while it talks over a socket loses the socket, and the
/// other end does not hear of it: the statement goes on, and its locks stay.
///
/// The work runs on a virtual thread of its own, which nobody interrupts, in the current context.
/// When the caller is interrupted or the deadline of the context passes, the work is asked to stop,
/// and the caller goes on waiting for it: it ends by itself then, with a failure of its own.
///
/// Threads: the caller waits. An interruption is kept for it.
public final class Shelter {
  /// 20 ms, doubled six times: 2.5 seconds in all.
  private static final long FIRST_PATIENCE = Nanos.of(Duration.ofMillis(20));

  private static final int ASKING = 7;

  private Shelter() {}

  /// How the work is stopped.
  public interface Stop {
    /// Asks it to end soon. Called on the caller's thread, and again after 20 ms, 40 ms and so on:
    /// what is asked before it has begun may not have heard.
    void ask();

    /// Makes it end, when it has not within 2.5 seconds.
    void force();
  }

  /// Runs work that is not to be stopped, because it is short and undoes or confirms what was done.
  public static <T extends @Nullable Object> T call(Callable<T> work) throws Exception {
    Sheltered<T> sheltered = Sheltered.start(work);
    sheltered.await();
    return waitFor(sheltered, null);
  }

  /// Runs work that can be stopped.
  ///
  /// @throws Failure when the deadline has passed already; the work is not begun then
  public static <T extends @Nullable Object> T call(Callable<T> work, Stop stop) throws Exception {
    Context context = Context.current();
    context.check();
    Sheltered<T> sheltered = Sheltered.start(work);
    if (context.deadline().isPresent()) {
      sheltered.await(context.deadline().get());
    } else {
      sheltered.await();
    }
    return waitFor(sheltered, stop);
  }

  /// Work on its way, and who waits for it.
  private static final class Sheltered<T extends @Nullable Object> extends FutureTask<T> {
    private final Thread caller = Thread.currentThread();
    private volatile boolean overtime;

    private Sheltered(Callable<T> work) {
      super(work);
    }

    static <T extends @Nullable Object> Sheltered<T> start(Callable<T> work) {
      Sheltered<T> task = new Sheltered<>(Context.wrap(work));
      Thread.ofVirtual().name(Thread.currentThread().getName() + ".shelter").start(task);
      return task;
    }

    @Override
    protected void done() {
      LockSupport.unpark(caller);
    }

    /// Waits until the work is done, or the caller is interrupted.
    void await() {
      while (!isDone() && !overtime && !caller.isInterrupted()) {
        LockSupport.park(this);
      }
    }

    /// The same, or until the deadline.
    void await(Deadline deadline) {
      Overtime.Waiter waiter =
          new Overtime.Waiter() {
            @Override
            public Deadline deadline() {
              return deadline;
            }

            @Override
            public void overtime() {
              overtime = true;
              LockSupport.unpark(caller);
            }
          };
      Overtime.begin(waiter);
      try {
        await();
      } finally {
        Overtime.end(waiter);
      }
    }
  }

  /// The result; unless it is there already, the work is asked for it more and more urgently.
  private static <T extends @Nullable Object> T waitFor(FutureTask<T> task, @Nullable Stop stop)
      throws Exception {
    boolean interrupted = false;
    int asked = 0;
    try {
      while (true) {
        try {
          long patience = stop == null || asked > ASKING ? Long.MAX_VALUE : patience(asked);
          return task.get(patience, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
          if (asked > 0) {
            continue;
          }
        } catch (TimeoutException e) {
          // As if interrupted: nobody waits any more.
        }
        if (stop != null && asked < ASKING) {
          stop.ask();
        } else if (stop != null) {
          stop.force();
        }
        asked++;
      }
    } catch (ExecutionException e) {
      throw thrown(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static long patience(int asked) {
    return asked == 0
        ? Context.current().deadline().map(d -> Nanos.of(d.remaining())).orElse(Long.MAX_VALUE)
        : FIRST_PATIENCE << (asked - 1);
  }

  private static Exception thrown(ExecutionException e) {
    return switch (e.getCause()) {
      case Error error -> throw error;
      case Exception exception -> exception;
      case null, default -> e;
    };
  }
}
