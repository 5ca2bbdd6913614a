package dev.concordat.service;

import java.time.Duration;

/// A part that runs.
public interface Running extends AutoCloseable {
  /// The port it listens on.
  int port();

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
