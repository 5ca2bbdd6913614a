package dev.concordat.service;

import java.time.Duration;
import java.util.Set;

/// A part that runs.
public interface Running extends AutoCloseable {
  /// The port it listens on.
  int port();

  /// Waits until it has reached every service that it asks, so that its first calls find a
  /// connection. Whoever asks nobody has.
  ///
  /// @return the services that it has not reached within the patience; empty when all are there
  default Set<String> meet(Duration patience) {
    return Set.of();
  }

  /// Takes no new work, lets finish what is under way, and gives everything back. Returns when
  /// nothing of it runs any more. A second call does nothing.
  ///
  /// @param grace how long work under way may go on
  void stop(Duration grace);

  /// Stops without waiting for work under way.
  @Override
  default void close() {
    stop(Duration.ZERO);
  }
}
