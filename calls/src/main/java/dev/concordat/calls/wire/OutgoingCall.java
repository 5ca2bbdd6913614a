package dev.concordat.calls.wire;

import dev.concordat.contract.Method;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;

/// A call on its way out.
///
/// @param method what is asked
/// @param context what travels with it
/// @param request the serialized request; empty for methods that take a stream
@SuppressWarnings("ArrayRecordComponent") // Bytes on their way through: nobody compares them.
public record OutgoingCall(Method<?, ?> method, Context context, byte[] request) {
  public OutgoingCall with(Context context) {
    return new OutgoingCall(method, context, request);
  }

  /// There is always one once the first step has run.
  public Deadline deadline() {
    return context.deadline().orElseThrow();
  }
}
