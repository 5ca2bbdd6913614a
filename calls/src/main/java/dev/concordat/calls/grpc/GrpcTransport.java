package dev.concordat.calls.grpc;

import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.wire.Connection;
import dev.concordat.calls.wire.Transport;
import dev.concordat.core.Clock;
import dev.concordat.core.Limits;

/// Calls over gRPC: one HTTP/2 connection to each instance.
///
/// Threads: safe for many.
public final class GrpcTransport implements Transport {
  private final GrpcMethods methods = new GrpcMethods();

  private GrpcTransport() {}

  /// gRPC without TLS.
  public static GrpcTransport plaintext() {
    return new GrpcTransport();
  }

  @Override
  public Connection connect(Endpoint endpoint, Clock clock, Limits limits) {
    return new GrpcConnection(endpoint, clock, limits, methods);
  }
}
