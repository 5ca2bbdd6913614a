package dev.concordat.calls;

import com.google.protobuf.Message;
import java.sql.Connection;
import java.util.Optional;

/// The call that is being handled, when its caller brought an idempotency key.
///
/// A handler that records its answer in the transaction of its effect makes the two one: after a
/// crash at any instant, the same key either finds the effect and its answer, or neither. A handler
/// that does not record has its answer kept right after it returns, so a crash in between lets the
/// same key execute again.
///
/// Threads: the handler's; [dev.concordat.core.Fanout] does not carry it over.
public final class IdempotentCall {
  static final ScopedValue<IdempotentCall> CURRENT = ScopedValue.newInstance();

  private final IdempotencyStore store;
  private final IdempotencyStore.Claim.Execute claim;

  IdempotentCall(IdempotencyStore store, IdempotencyStore.Claim.Execute claim) {
    this.store = store;
    this.claim = claim;
  }

  /// The call being handled; empty when it has no key.
  public static Optional<IdempotentCall> current() {
    return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
  }

  /// The caller's key.
  public String key() {
    return claim.operation().key();
  }

  /// Keeps the answer in the transaction of the effect.
  ///
  /// @param effect a connection inside that transaction
  /// @throws dev.concordat.core.Failure with [dev.concordat.core.Code#ABORTED] when the claim was
  ///   lost to another attempt; the transaction must then be rolled back
  public void record(Connection effect, Message answer) {
    store.keep(claim, new IdempotencyStore.Outcome.Answered(answer.toByteArray()), effect);
  }
}
