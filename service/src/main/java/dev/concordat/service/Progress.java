package dev.concordat.service;

import java.time.Duration;

/// Hears how a system starts and stops.
///
/// Threads: called from many at once.
public interface Progress {
  /// Nobody listens.
  Progress NONE =
      new Progress() {
        @Override
        public void started(String part, String address, Duration took) {}

        @Override
        public void stopped(String part, Duration took) {}
      };

  /// A part answers.
  ///
  /// @param address `host:port`
  void started(String part, String address, Duration took);

  /// A part has ended.
  void stopped(String part, Duration took);
}
