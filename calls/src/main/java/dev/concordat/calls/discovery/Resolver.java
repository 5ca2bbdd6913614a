package dev.concordat.calls.discovery;

import java.util.List;
import java.util.function.Consumer;

/// Finds the instances of a service by its name, and says when they change.
///
/// Threads: safe for many. Listeners return quickly; one that fails is logged, and told of the next
/// change.
public interface Resolver {
  /// Watches a name.
  ///
  /// @param service the owner's name, for example `orders`
  /// @param listener is given all endpoints, first as soon as they are known and then at every
  ///   change; an empty list when there are none
  Watch watch(String service, Consumer<List<Endpoint>> listener);

  /// A name that is being watched.
  interface Watch extends AutoCloseable {
    /// Asks for a fresh look: somebody failed to reach an endpoint. Returns at once.
    void refresh();

    /// Ends the watch.
    @Override
    void close();
  }
}
