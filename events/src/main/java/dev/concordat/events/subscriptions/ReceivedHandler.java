package dev.concordat.events.subscriptions;

import dev.concordat.contract.Event;
import dev.concordat.contract.Owner;
import dev.concordat.events.Transaction;

/// An [EventHandler] that also wants to see the envelope and the place in the log.
@FunctionalInterface
public interface ReceivedHandler<E extends Event<?>, O extends Owner> {
  /// Applies the event.
  ///
  /// @param tx the transaction of the effect; the subscription commits it
  void handle(Received<E> received, Transaction<O> tx) throws Exception;
}
