package dev.concordat.core;

/// A bidirectional call in progress. Both directions run on their own: one thread may send while
/// another reads.
///
/// @param <Q> what is sent
/// @param <R> what is received
public interface Exchange<Q, R> extends Sink<Q>, Source<R> {
  /// Says that nothing more will be sent. Reading goes on.
  void finish();

  /// Cancels the call when it has not ended; otherwise does nothing.
  @Override
  void close();
}
