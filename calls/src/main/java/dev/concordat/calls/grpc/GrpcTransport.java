package dev.concordat.calls.grpc;

import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.identity.Tls;
import dev.concordat.calls.wire.Connection;
import dev.concordat.calls.wire.Transport;
import dev.concordat.core.Clock;
import dev.concordat.core.Limits;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// gRPC over HTTP/2: one connection for each instance.
///
/// Threads: safe for many.
public final class GrpcTransport implements Transport {
  private final GrpcMethods methods = new GrpcMethods();
  private final Optional<Tls> tls;
  private final Map<String, SslContext> contexts = new ConcurrentHashMap<>();

  private GrpcTransport(Optional<Tls> tls) {
    this.tls = tls;
  }

  /// Without TLS: inside one machine or a network that encrypts by itself.
  public static GrpcTransport plaintext() {
    return new GrpcTransport(Optional.empty());
  }

  /// With mutual TLS.
  ///
  /// @param tls stays the caller's: it is closed after the calls
  public static GrpcTransport tls(Tls tls) {
    return new GrpcTransport(Optional.of(tls));
  }

  @Override
  public Connection connect(String service, Endpoint endpoint, Clock clock, Limits limits) {
    Channels channels = new Channels(endpoint, limits, tls.map(own -> context(service, own)));
    GrpcConnection connection = new GrpcConnection(channels, clock, limits, methods);
    tls.ifPresent(own -> channels.untilClosed(own.onChange(channels::renew)));
    return connection;
  }

  private SslContext context(String service, Tls own) {
    return contexts.computeIfAbsent(service, name -> GrpcTls.client(own, name));
  }
}
