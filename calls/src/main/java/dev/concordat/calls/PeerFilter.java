package dev.concordat.calls;

import dev.concordat.calls.identity.Peer;
import dev.concordat.calls.identity.PeerRefused;
import dev.concordat.calls.identity.Tls;
import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import javax.net.ssl.SSLSession;

/// Finds out once for each connection who is at its other end.
final class PeerFilter extends ServerTransportFilter {
  /// Who it is; not there when nobody has proven anything.
  static final Attributes.Key<Peer> PEER = Attributes.Key.create("concordat-peer");

  private final Tls tls;

  PeerFilter(Tls tls) {
    this.tls = tls;
  }

  @Override
  public Attributes transportReady(Attributes transport) {
    SSLSession session = transport.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    if (session == null) {
      return transport;
    }
    try {
      return transport.toBuilder().set(PEER, tls.peer(session)).build();
    } catch (PeerRefused e) {
      // No longer believed since its handshake: its calls find no peer and are refused.
      return transport;
    }
  }
}
