package dev.concordat.calls.discovery;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.function.Consumer;

/// Tells whoever watches. One that fails is logged and holds nobody else up.
final class Telling {
  private static final Logger LOG = System.getLogger(Resolver.class.getName());

  private Telling() {}

  /// @param what is watched, for the log
  static void tell(String what, Consumer<List<Endpoint>> listener, List<Endpoint> endpoints) {
    try {
      listener.accept(endpoints);
    } catch (RuntimeException | Error e) {
      LOG.log(Level.ERROR, "whoever watches " + what + " failed when told of a change", e);
    }
  }
}
