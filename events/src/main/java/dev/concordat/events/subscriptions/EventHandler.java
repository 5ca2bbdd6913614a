package dev.concordat.events.subscriptions;

import dev.concordat.contract.Event;
import dev.concordat.contract.Owner;
import dev.concordat.events.Transaction;

/// Reacts to an event. Returning means applied: what the handler did in the transaction and the
/// mark that the event was applied are committed together, once. Throwing rolls both back; see
/// [dev.concordat.events.Retry], [dev.concordat.events.Dead] and `Pause` for what can be said
/// beyond "try again later".
///
/// Threads: runs on a virtual thread of its own; events of one key one after the other.
@FunctionalInterface
public interface EventHandler<E extends Event<?>, O extends Owner> {
  /// Applies the event.
  ///
  /// @param tx the transaction of the effect; the subscription commits it
  void handle(E event, Transaction<O> tx) throws Exception;
}
