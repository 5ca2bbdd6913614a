package dev.concordat.core;

/// A client-streaming call in progress: many messages up, one answer down.
///
/// Threads: one writer at a time; [#close()] from any thread.
///
/// @param <Q> what is sent
/// @param <R> the answer
public interface Upload<Q, R> extends Sink<Q>, AutoCloseable {
  /// Ends the stream and waits for the answer.
  R finish();

  /// Cancels the call when it was not finished; otherwise does nothing.
  @Override
  void close();
}
