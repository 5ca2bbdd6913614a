package dev.concordat.calls;

import dev.concordat.calls.wire.OngoingCall;
import dev.concordat.calls.wire.OutgoingCall;
import dev.concordat.core.Context;

/// Decides for whom the call is made: for whom the call being handled is, whose token goes on with
/// it, or for the service itself, with its own.
final class ClientIdentity implements ClientStep {
  private final ClientStep next;
  private final Asker asker;

  ClientIdentity(ClientStep next, Asker asker) {
    this.next = next;
    this.asker = asker;
  }

  @Override
  public OngoingCall open(OutgoingCall call) {
    Context context = call.context();
    if (context.bearer().isPresent() && !asker.forwards()) {
      context = context.withoutBearer();
    }
    if (context.bearer().isEmpty() && asker.tokens().isPresent()) {
      context = context.withBearer(asker.tokens().get().token(call.deadline().remaining()));
    }
    return next.open(call.with(context));
  }
}
