package dev.concordat.bench.work;

import java.util.ServiceLoader;

/// One way to tell things and to have things done, found by [ServiceLoader]. Each runs in a JVM of
/// its own, on a database of its own.
public interface Contestant {
  /// What it is called on the command line, for example `concordat`.
  String name();

  /// Events: told in a transaction, and each has its effect in another one.
  default Telling telling(Stage stage) throws Exception {
    throw new UnsupportedOperationException(name() + " tells nothing");
  }

  /// Tasks: asked for, claimed and acknowledged.
  default Queueing queueing(Stage stage) throws Exception {
    throw new UnsupportedOperationException(name() + " has no queue");
  }

  /// A log of many events, read by several readers.
  ///
  /// @param order which gets what they read
  default Streaming streaming(Stage stage, Order order) throws Exception {
    throw new UnsupportedOperationException(name() + " has no log");
  }

  /// The one of this name on the class path.
  static Contestant named(String name) {
    return ServiceLoader.load(Contestant.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(one -> one.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no contestant is called " + name));
  }
}
