package dev.concordat.calls;

import dev.concordat.core.Failure;

/// One step of a call on its way to the handler.
@FunctionalInterface
interface ServerStep {
  /// Serves the call; returns when it is answered.
  ///
  /// @throws Failure when it is refused or has failed
  void serve(ArrivedCall call);
}
