package dev.concordat.calls;

import dev.concordat.calls.wire.OngoingCall;
import dev.concordat.calls.wire.OutgoingCall;

/// One step of a call on its way out.
@FunctionalInterface
interface ClientStep {
  /// Begins the call. A method that takes one message has it sent at once.
  OngoingCall open(OutgoingCall call);
}
