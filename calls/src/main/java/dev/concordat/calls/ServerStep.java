package dev.concordat.calls;

/// One step of a call on its way to the handler.
@FunctionalInterface
interface ServerStep {
  /// Serves the call; returns when it is answered.
  ///
  /// @throws dev.concordat.core.Failure when it is refused or has failed
  void serve(ArrivedCall call);
}
