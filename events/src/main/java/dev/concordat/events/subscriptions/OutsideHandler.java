package dev.concordat.events.subscriptions;

import dev.concordat.contract.Event;

/// Reacts to an event with slow work outside of the database: a mail, a call to another company. No
/// connection is held meanwhile. Returning means done; only then is it marked, if the event is
/// still ours.
///
/// Guarantee: at least once. After a crash, or when another process has taken the partition over
/// while the handler ran, the event is handled again: give what is outside the event's id, so that
/// it knows. Events of one key one after the other, as for [EventHandler].
@FunctionalInterface
public interface OutsideHandler<E extends Event<?>> {
  /// Does the work.
  void handle(Received<E> received, Hold hold) throws Exception;
}
