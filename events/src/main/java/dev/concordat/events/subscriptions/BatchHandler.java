package dev.concordat.events.subscriptions;

import dev.concordat.contract.Event;
import dev.concordat.contract.Owner;
import dev.concordat.events.Transaction;
import java.util.List;

/// Applies many events at once, for projections that are cheaper that way. The effects of the batch
/// and the marks of all its events are committed together, once.
///
/// A batch that fails is rolled back, and its events are handed over one by one: the one that fails
/// is treated as any other event that fails, and only its key waits.
///
/// Threads: one batch at a time in a process, on a virtual thread. A batch holds events of any key;
/// those of one key stand in it in their order.
@FunctionalInterface
public interface BatchHandler<E extends Event<?>, O extends Owner> {
  /// Applies the events.
  ///
  /// @param events at least one, at most as many as [SubscriptionOptions.Together] says
  /// @param tx the transaction of the effects; the subscription commits it
  void handle(List<Received<E>> events, Transaction<O> tx) throws Exception;
}
