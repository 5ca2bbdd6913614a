package dev.concordat.events.subscriptions;

import dev.concordat.contract.Owner;
import dev.concordat.events.Transaction;
import dev.concordat.events.log.Broker;
import java.util.List;

/// What happens to messages as they come from the log.
///
/// @param <O> the owner of the service
public sealed interface Handler<O extends Owner> {
  /// One message, in the transaction of its mark.
  record One<O extends Owner>(Effect<O> effect) implements Handler<O> {}

  /// Many messages, in the one transaction of their marks.
  record Many<O extends Owner>(Effects<O> effects) implements Handler<O> {}

  /// One message, without a transaction.
  record Outside<O extends Owner>(Work work) implements Handler<O> {}

  /// What one message does.
  @FunctionalInterface
  interface Effect<O extends Owner> {
    void handle(Broker.Logged message, Transaction<O> tx) throws Exception;
  }

  /// What many messages do.
  @FunctionalInterface
  interface Effects<O extends Owner> {
    void handle(List<Broker.Logged> messages, Transaction<O> tx) throws Exception;
  }

  /// What one message does outside.
  @FunctionalInterface
  interface Work {
    void handle(Broker.Logged message, Hold hold) throws Exception;
  }
}
