package dev.concordat.core;

/// Runs short work as if the thread had not been interrupted; the interruption is there again
/// afterwards. For giving a connection back to its pool above all.
///
/// HikariCP hands a returned connection over to whoever waits for one, and parks for 10 µs between
/// two tries. Who is interrupted does not park. As many such threads as the machine has cores then
/// leave no core to the one that they wait for: all virtual threads of the process stand still, for
/// ever. Handlers are interrupted when their deadline passes or their service stops.
///
/// Threads: safe for many.
///
/// Source: HikariCP 7.1.0, `ConcurrentBag.requite`; seen as a standstill on two cores.
public final class Undisturbed {
  private Undisturbed() {}

  /// What is done.
  @FunctionalInterface
  public interface Work<X extends Exception> {
    void run() throws X;
  }

  /// Runs it on this thread.
  public static <X extends Exception> void run(Work<X> work) throws X {
    boolean interrupted = Thread.interrupted();
    try {
      work.run();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
