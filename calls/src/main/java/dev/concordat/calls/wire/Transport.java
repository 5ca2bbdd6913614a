package dev.concordat.calls.wire;

import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.contract.Method;
import dev.concordat.core.Clock;
import dev.concordat.core.Limits;
import java.util.List;

/// A protocol that calls can be made on.
///
/// Threads: safe for many.
@FunctionalInterface
public interface Transport {
  /// A connection to one instance. Returns at once: who cannot be reached is told by the calls.
  ///
  /// @param service whose instance it is to be: the owner's name; a transport that can proves it
  /// @param clock measures deadlines
  /// @param limits sizes of messages and headers, and what is buffered of a stream
  Connection connect(String service, Endpoint endpoint, Clock clock, Limits limits);

  /// Told of a client's methods when that client is made, so that what can never be carried is
  /// refused there and not at the first call. Carries everything unless it says otherwise.
  ///
  /// @throws IllegalArgumentException naming the method, the reason and the remedy
  default void admit(List<Method<?, ?>> methods) {}
}
