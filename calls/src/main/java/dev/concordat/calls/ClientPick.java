package dev.concordat.calls;

import dev.concordat.calls.wire.OngoingCall;
import dev.concordat.calls.wire.OutgoingCall;

/// Chooses the instance for one attempt; see [Target#pick].
final class ClientPick implements ClientStep {
  private final Target target;

  ClientPick(Target target) {
    this.target = target;
  }

  @Override
  public OngoingCall open(OutgoingCall call) {
    Line line = target.pick(call.context());
    call.attempt().picked(line.endpoint(), line.outstanding(), 0, 0, "");
    call.context().observation().set("server.address", line.endpoint().host());
    call.context().observation().set("server.port", Integer.toString(line.endpoint().port()));
    return line.open(call, target::unreachable);
  }
}
