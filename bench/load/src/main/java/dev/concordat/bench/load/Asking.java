package dev.concordat.bench.load;

/// A client that makes load.
///
/// Threads: safe for many; every method blocks.
public interface Asking extends AutoCloseable {
  /// One call.
  String echo(String text);

  /// Reads a stream to its end.
  ///
  /// @param messages how many it has
  /// @return how many came
  default long stream(long messages) {
    throw new UnsupportedOperationException("no streams here");
  }

  /// Opens a stream without an end, reads one message and then no more.
  ///
  /// @return ends the stream
  default AutoCloseable stall() {
    throw new UnsupportedOperationException("no streams here");
  }

  @Override
  void close();
}
