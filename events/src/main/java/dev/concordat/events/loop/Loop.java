package dev.concordat.events.loop;

import dev.concordat.core.Background;
import dev.concordat.core.Backoff;
import dev.concordat.core.Failure;
import dev.concordat.core.Observer;
import dev.concordat.events.store.Errors;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// Work that goes on until it is stopped: a step, a wait, the next step. A step that fails, with
/// whatever it is, is tried again after a while, however often: databases come back, and so does
/// memory.
public final class Loop {
  private static final Logger LOG = System.getLogger("dev.concordat.events");
  private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(5));

  private final String name;
  private final Signal signal;
  private final Observer observer;
  private final Woken step;
  private volatile boolean stopping;
  private volatile @Nullable Thread thread;

  public Loop(String name, Signal signal, Observer observer, Step step) {
    this(name, signal, observer, (Woken) _ -> step.run());
  }

  public Loop(String name, Signal signal, Observer observer, Woken step) {
    this.name = name;
    this.signal = signal;
    this.observer = observer;
    this.step = step;
  }

  /// One step.
  @FunctionalInterface
  public interface Step {
    /// Does what there is to do.
    ///
    /// @return how long to wait for the signal before the next step; zero for not at all
    Duration run() throws Exception;
  }

  /// One step that wants to know why it comes.
  @FunctionalInterface
  public interface Woken {
    /// Does what there is to do.
    ///
    /// @param woken whether the signal was raised while it waited
    /// @return how long to wait for the signal before the next step; zero for not at all
    Duration run(boolean woken) throws Exception;
  }

  public void start(Background background) {
    thread = background.start(name, this::run);
  }

  /// Ends after the present step.
  public void stop() {
    stopping = true;
    signal.raise();
  }

  /// Waits for its end.
  ///
  /// @return false when it has not ended in time
  public boolean join(Duration patience) {
    Thread started = thread;
    try {
      return started == null || started.join(patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void run() {
    int failures = 0;
    boolean woken = false;
    while (!stopping) {
      try {
        Duration wait = step.run(woken);
        failures = recovered(failures);
        woken = wait.isPositive() && !stopping && signal.await(wait);
      } catch (InterruptedException e) {
        return;
      } catch (Throwable e) {
        if (stopping || Thread.interrupted()) {
          return;
        }
        failures++;
        report(failures, e);
        if (!rest(failures)) {
          return;
        }
      }
    }
  }

  private boolean rest(int failures) {
    Duration pause = BACKOFF.after(failures, ThreadLocalRandom.current());
    long until = System.nanoTime() + pause.toNanos();
    try {
      long left = pause.toNanos();
      while (left > 0 && !stopping) {
        var _ = signal.await(Duration.ofNanos(left));
        left = until - System.nanoTime();
      }
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void report(int failures, Throwable e) {
    String code = e instanceof Failure failure ? failure.code().name() : "INTERNAL";
    observer.count("concordat.events.failures", 1, Map.of("loop", name, "code", code));
    if (failures == 1) {
      LOG.log(Level.WARNING, name + " failed and is tried again: " + Errors.text(e));
      LOG.log(Level.DEBUG, name, e);
    }
  }

  private int recovered(int failures) {
    if (failures > 0) {
      LOG.log(Level.INFO, name + " works again after " + failures + " failures");
    }
    return 0;
  }
}
