package dev.concordat.events.subscriptions;

import dev.concordat.events.log.Broker;

/// Something to do in the lane of a key.
sealed interface Job {
  Partition partition();

  String key();

  /// A message from the log.
  ///
  /// @param entry its place among those under way
  record Fresh(Partition partition, Broker.Logged logged, Progress.Entry entry) implements Job {
    @Override
    public String key() {
      return logged.message().key();
    }
  }

  /// What is parked of a key and due.
  record Again(Partition partition, String key) implements Job {}
}
