package dev.concordat.bench.load;

/// A server under load.
public interface Serving extends AutoCloseable {
  /// Where it listens.
  int port();

  /// How many messages its streams have sent so far.
  default long sent() {
    return 0;
  }

  @Override
  void close();
}
