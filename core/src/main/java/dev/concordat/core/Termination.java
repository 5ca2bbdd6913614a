package dev.concordat.core;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The end of a process that runs until it is told to stop. SIGTERM and Ctrl-C ask for it; the work
/// then stops in its own order, and only after that the process ends, with the exit code of the
/// work: the JVM alone would stop everything at once and answer SIGTERM with 143.
///
/// ```java
/// Termination termination = Termination.expect();
/// start();
/// termination.await();
/// stop();
/// termination.over(0);
/// ```
///
/// The one place where a shutdown hook is made.
///
/// Threads: safe for many.
public final class Termination {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);
  private final Background background = new Background("termination");
  private volatile int exitCode = 1;

  private Termination() {}

  /// From now on the process ends only after [#over], or 90 seconds after it was told to.
  public static Termination expect() {
    Termination termination = new Termination();
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("termination").unstarted(termination::finish));
    return termination;
  }

  /// Waits until somebody asks for the end.
  ///
  /// @throws Failure with [Code#CANCELLED] when the thread is interrupted
  public void await() {
    try {
      asked.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.of(Code.CANCELLED, "interrupted while waiting for the end", e);
    }
  }

  /// Asks for the end.
  public void ask() {
    asked.countDown();
  }

  /// Asks for the end when this work returns or fails; it runs beside, and may wait for a pipe.
  public void askAfter(Runnable work) {
    background.startBlocking(
        "watch",
        () -> {
          try {
            work.run();
          } finally {
            ask();
          }
        });
  }

  /// Everything has stopped: the process may end.
  ///
  /// @param code its exit code
  public void over(int code) {
    exitCode = code;
    over.countDown();
  }

  private void finish() {
    ask();
    try {
      boolean _ = over.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(exitCode);
  }
}
