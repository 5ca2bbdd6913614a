package dev.concordat.contract;

/// What happens when a method is called twice.
public enum Safety {
  /// Nothing changes however often: `NO_SIDE_EFFECTS`. May be retried, hedged, coalesced, cached.
  SAFE,
  /// The second call changes nothing more: `IDEMPOTENT`. May be retried.
  IDEMPOTENT,
  /// The effect may happen twice. Retried only with an idempotency key.
  UNSAFE
}
