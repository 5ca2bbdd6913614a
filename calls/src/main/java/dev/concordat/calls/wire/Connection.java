package dev.concordat.calls.wire;

import java.time.Duration;
import java.util.function.Consumer;

/// The way to one instance; however many sockets that takes. Reconnects by itself.
///
/// Threads: safe for many.
public interface Connection extends AutoCloseable {
  /// Begins one attempt. A method that takes one message has it sent at once.
  ///
  /// @param ended told exactly once, when the attempt has ended, before whoever reads it wakes;
  ///   returns quickly. Not told when this method throws.
  OngoingCall open(OutgoingCall call, Consumer<Ending> ended);

  /// Asks the instance whether it takes calls, and connects to it for that when there is no
  /// connection yet. A protocol that cannot ask says yes.
  ///
  /// @param patience how long to wait for the answer
  default Health check(Duration patience) throws InterruptedException {
    return Health.SERVING;
  }

  /// Lets calls end and takes no new ones.
  void retire();

  /// Waits until every call has ended.
  ///
  /// @return false when some have not within the patience
  boolean awaitEnd(Duration patience) throws InterruptedException;

  /// Ends every call now.
  @Override
  void close();
}
