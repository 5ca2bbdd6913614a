package dev.concordat.calls.grpc;

import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;

/// Whether a call has left this process. gRPC may begin a stream anew by itself when the callee has
/// refused it unseen, so the last stream counts.
final class Departure extends ClientStreamTracer.Factory {
  private volatile boolean departed;

  boolean departed() {
    return departed;
  }

  @Override
  public ClientStreamTracer newClientStreamTracer(
      ClientStreamTracer.StreamInfo info, Metadata headers) {
    departed = false;
    return new ClientStreamTracer() {
      @Override
      public void outboundHeaders() {
        departed = true;
      }
    };
  }
}
