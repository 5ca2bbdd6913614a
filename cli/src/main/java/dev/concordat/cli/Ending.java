package dev.concordat.cli;

import dev.concordat.core.Background;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Termination;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The end of a process that runs until it is told to stop: SIGTERM and Ctrl-C ask for it, the work
/// stops in its own order on its own thread, and only then does the process end.
final class Ending {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);
  private final Background background = new Background("ending");
  private volatile int exitCode = 1;

  private Ending() {}

  /// From now on the process ends only after [#over].
  static Ending onTermination() {
    Ending ending = new Ending();
    Termination.on("ending", ending::finish);
    return ending;
  }

  /// Waits until somebody asks for the end.
  void await() {
    try {
      asked.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.of(Code.CANCELLED, "interrupted", e);
    }
  }

  void ask() {
    asked.countDown();
  }

  /// Asks for the end once this returns or fails; it runs beside.
  void askWhen(Runnable blocking) {
    background.start(
        "watch",
        () -> {
          try {
            blocking.run();
          } finally {
            ask();
          }
        });
  }

  /// Everything has stopped: the process may end.
  void over(int code) {
    exitCode = code;
    over.countDown();
  }

  private int finish() {
    ask();
    try {
      return over.await(PATIENCE.toSeconds(), TimeUnit.SECONDS) ? exitCode : 1;
    } catch (InterruptedException e) {
      return 1;
    }
  }
}
