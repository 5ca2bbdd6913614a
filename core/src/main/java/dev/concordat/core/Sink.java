package dev.concordat.core;

/// Where a method writes the messages of its answer.
///
/// Threads: one writer at a time.
///
/// @param <T> the message
@FunctionalInterface
public interface Sink<T> {
  /// Sends one message. Blocks while the reader is behind.
  ///
  /// @throws Failure with [Code#CANCELLED] when the reader has gone, with [Code#DEADLINE_EXCEEDED]
  ///   when the deadline has passed; the method should then return
  void send(T message);
}
