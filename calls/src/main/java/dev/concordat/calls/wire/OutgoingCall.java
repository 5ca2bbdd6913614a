package dev.concordat.calls.wire;

import dev.concordat.calls.record.Attempt;
import dev.concordat.calls.record.Trail;
import dev.concordat.contract.Method;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import java.util.Objects;

/// A call on its way out.
///
/// @param method what is asked
/// @param context what travels with it
/// @param request the serialized request; empty for methods that take a stream
/// @param trail what was decided so far
@SuppressWarnings("ArrayRecordComponent") // Bytes on their way through: nobody compares them.
public record OutgoingCall(Method<?, ?> method, Context context, byte[] request, Trail trail) {
  public OutgoingCall with(Context context) {
    return new OutgoingCall(method, context, request, trail);
  }

  /// There is always one once the first step has run.
  public Deadline deadline() {
    return context.deadline().orElseThrow();
  }

  /// The record of the attempt that this is. There is one from the retry step on.
  public Attempt attempt() {
    return Objects.requireNonNull(trail.attempt(context.attempt()), "the attempt has begun");
  }
}
