package dev.concordat.calls.wire;

import java.util.Optional;

/// A call under way, in bytes; all four shapes alike.
///
/// Threads: one writer and one reader at a time; [#close()] from any thread.
public interface OngoingCall extends AutoCloseable {
  /// Blocks until a message may be sent, or the call has ended.
  ///
  /// @throws dev.concordat.core.Failure when it ended before it reached a handler
  void begun();

  /// Sends one message; blocks while the callee is behind.
  void send(byte[] message);

  /// Says that nothing more will be sent.
  void finish();

  /// The next message; empty at a good end. A single answer is given only when the status is good.
  ///
  /// @throws dev.concordat.core.Failure when the call has failed
  Optional<byte[]> next();

  /// How far it has come. Known once [#begun()] or [#next()] has thrown.
  Reach reach();

  /// Whether the answer was remembered from an earlier call with the same idempotency key.
  boolean replayed();

  /// Cancels the call if it has not ended. Never throws.
  @Override
  void close();
}
