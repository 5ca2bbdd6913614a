package dev.concordat.calls;

/// Where a server listens.
///
/// @param host address; `0.0.0.0` is all of the machine's; default `127.0.0.1`
/// @param port TCP port; 0, the default, takes a free one
/// @param proof what callers have to prove; default nothing
public record Listen(String host, int port, Proof proof) {
  /// A free port of this machine alone.
  public static final Listen LOCAL = new Listen("127.0.0.1", 0, Proof.NONE);

  /// The same on another address.
  public Listen withHost(String host) {
    return new Listen(host, port, proof);
  }

  /// The same on another port.
  public Listen withPort(int port) {
    return new Listen(host, port, proof);
  }

  /// The same asking other proof.
  public Listen withProof(Proof proof) {
    return new Listen(host, port, proof);
  }
}
