package dev.concordat.calls.discovery;

/// Where a server makes itself known.
///
/// Threads: safe for many.
public interface Registrar {
  /// Makes an instance known and keeps it known until the registration is closed.
  ///
  /// @param service the owner's name, for example `orders`
  Registration register(String service, Endpoint endpoint);

  /// One instance that is known.
  interface Registration extends AutoCloseable {
    /// Takes the instance away. Clients that look from now on do not see it.
    @Override
    void close();
  }
}
