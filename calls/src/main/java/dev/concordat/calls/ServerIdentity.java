package dev.concordat.calls;

/// Says who calls. Until callers prove who they are, the name in the header is believed: inside one
/// system, on a network of its own, it keeps honest services to the contract, and nobody else out.
final class ServerIdentity implements ServerStep {
  private final ServerStep next;

  ServerIdentity(ServerStep next) {
    this.next = next;
  }

  @Override
  public void serve(ArrivedCall call) {
    call.context()
        .caller()
        .ifPresent(caller -> call.context().observation().set("concordat.caller", caller));
    next.serve(call);
  }
}
