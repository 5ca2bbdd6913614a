package dev.concordat.calls;

import dev.concordat.core.Failure;
import java.sql.Connection;
import java.time.Duration;

/// Remembers what was answered to an idempotency key.
///
/// Guarantee: of all who claim the same operation one at a time gets [Claim.Execute], and nobody
/// once an outcome is kept. A claim whose holder died ends with its lease; the operation may then
/// be executed again, and what the late holder still records is refused.
///
/// Threads: safe for many; methods block.
///
/// Source: The Idempotency-Key HTTP Header Field (draft-ietf-httpapi-idempotency-key-header).
public interface IdempotencyStore {
  /// Asks whether the operation is to be executed.
  ///
  /// @param lease how long the claim holds if its holder falls silent
  Claim claim(Operation operation, Duration lease);

  /// Keeps the outcome, in a transaction of its own. Does nothing when one was kept already or the
  /// claim is lost.
  void keep(Claim.Execute claim, Outcome outcome);

  /// Keeps the outcome in the transaction of the effect itself: both happen or neither.
  ///
  /// @throws Failure with [dev.concordat.core.Code#ABORTED] when the claim is lost; the transaction
  ///   must then be rolled back
  void keep(Claim.Execute claim, Outcome outcome, Connection effect);

  /// Gives the claim back without an outcome. Does nothing when one was kept already.
  void release(Claim.Execute claim);

  /// What a key stands for. The same key of another caller or on another method is another
  /// operation.
  ///
  /// @param method `shop.orders.v1.Orders/PlaceOrder`
  /// @param caller the calling service; empty when unknown
  /// @param key what the caller named it
  /// @param fingerprint digest of the request, in hex
  record Operation(String method, String caller, String key, String fingerprint) {}

  /// What to do.
  sealed interface Claim {
    /// Do it; the claim is yours until its lease ends.
    ///
    /// @param operation what was claimed
    /// @param fence tells this claim from every other on the operation
    record Execute(Operation operation, String fence) implements Claim {}

    /// It was done; give this answer.
    record Replay(Outcome outcome) implements Claim {}

    /// Somebody is doing it.
    record InFlight() implements Claim {}

    /// The key was used for another request.
    record Mismatch() implements Claim {}
  }

  /// What came of an operation.
  sealed interface Outcome {
    /// An answer.
    ///
    /// @param message the serialized message
    @SuppressWarnings("ArrayRecordComponent") // Bytes on their way through: nobody compares them.
    record Answered(byte[] message) implements Outcome {}

    /// A failure that will not pass by trying again.
    record Failed(Failure failure) implements Outcome {}
  }
}
