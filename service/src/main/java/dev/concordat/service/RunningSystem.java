package dev.concordat.service;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

/// A system that runs.
public interface RunningSystem extends AutoCloseable {
  /// Where each part listens: its name to `host:port`.
  Map<String, String> addresses();

  /// Waits until every part has reached the services that it asks: whoever comes first then waits
  /// no longer than others.
  ///
  /// @return of each part that has not within the patience, the services that it has not reached
  Map<String, Set<String>> meet(Duration patience);

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
