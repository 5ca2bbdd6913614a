package dev.concordat.calls;

/// Where a server listens.
///
/// @param host address; `0.0.0.0` is all of the machine's; default `127.0.0.1`
/// @param port TCP port; 0, the default, takes a free one
public record Listen(String host, int port) {
  /// A free port of this machine alone.
  public static final Listen LOCAL = new Listen("127.0.0.1", 0);

  /// The same on another address.
  public Listen withHost(String host) {
    return new Listen(host, port);
  }

  /// The same on another port.
  public Listen withPort(int port) {
    return new Listen(host, port);
  }
}
