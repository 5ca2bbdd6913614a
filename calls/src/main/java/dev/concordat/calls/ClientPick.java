package dev.concordat.calls;

/// Chooses the instance for one attempt; see [Target#pick].
final class ClientPick implements ClientStep {
  private final Target target;
  private final ClientWire wire;

  ClientPick(Target target, ClientWire wire) {
    this.target = target;
    this.wire = wire;
  }

  @Override
  public OngoingCall open(OutgoingCall call) {
    Line line = target.pick(call.context());
    call.context().observation().set("server.address", line.endpoint().host());
    call.context().observation().set("server.port", Integer.toString(line.endpoint().port()));
    return wire.open(call, target, line);
  }
}
