package dev.concordat.service;

import java.time.Duration;
import java.util.Map;

/// A system that runs.
public interface RunningSystem extends AutoCloseable {
  /// Where each part listens: its name to `host:port`.
  Map<String, String> addresses();

  /// Stops all parts in the reverse of the order in which they started, each as
  /// [Running#stop(Duration)] says. A second call does nothing.
  ///
  /// @param grace how long work under way may go on, for each kind of parts
  void stop(Duration grace);

  /// Stops without waiting for work under way.
  @Override
  default void close() {
    stop(Duration.ZERO);
  }
}
