package dev.concordat.events.subscriptions;

import dev.concordat.core.Cancellation;
import dev.concordat.events.Transaction;

/// The right of this process to handle an event outside of a transaction. It is renewed for as long
/// as the process lives, and ends when another process has taken the partition over.
///
/// Threads: safe for many.
public interface Hold {
  /// Which try this is, from 1.
  int attempt();

  /// Cancelled when the hold is lost, which also cancels the calls that the handler has under way.
  Cancellation cancellation();

  /// Makes "done" part of a transaction of the handler's own: its effect and the mark become true
  /// together. Call it last, then commit. Without it the mark is written after the handler.
  ///
  /// @param tx on the database of this service
  /// @throws dev.concordat.core.Failure with `ABORTED` when the hold was lost: roll back, the event
  ///   belongs to another process
  void complete(Transaction<?> tx);
}
