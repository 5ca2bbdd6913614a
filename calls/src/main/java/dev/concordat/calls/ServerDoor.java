package dev.concordat.calls;

import dev.concordat.core.Failure;

/// What is decided before a call gets a thread and before its message is parsed: whether anybody
/// still waits for it, and whether there is a place for it. Runs on the event loop, so that
/// refusing costs little when there is most of it.
final class ServerDoor implements AutoCloseable {
  private final ServerOptions options;
  private final ServerAdmission admission;

  ServerDoor(ServerOptions options) {
    this.options = options;
    this.admission = new ServerAdmission(options);
  }

  /// Lets the call in.
  ///
  /// @throws Failure when it is refused; that was seen by the observer then
  ServerAdmission.Place enter(ArrivedCall call) {
    try {
      ServerDeadline.check(call.context());
      return admission.enter(call.served(), call.context());
    } catch (Failure refused) {
      new ServerTrace(
              _ -> {
                throw refused;
              },
              options.observer(),
              options.clock(),
              options.service())
          .serve(call);
      throw refused;
    }
  }

  @Override
  public void close() {
    admission.close();
  }
}
