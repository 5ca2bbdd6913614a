package dev.concordat.calls.grpc;

import dev.concordat.calls.identity.Tls;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSslSessionContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSessionContext;

/// TLS as Netty wants it. The contexts live as long as the server or client: what is replaced in
/// the files reaches them through the managers of [Tls].
///
/// TLS 1.3 only.
public final class GrpcTls {
  private static final List<String> PROTOCOLS = List.of("TLSv1.3");

  private GrpcTls() {}

  public static SslContext server(Tls tls) {
    return build(
        SslContextBuilder.forServer(tls.keys())
            .trustManager(tls.callers())
            .clientAuth(ClientAuth.REQUIRE));
  }

  public static SslContext client(Tls tls, String service) {
    return build(
        SslContextBuilder.forClient()
            .keyManager(tls.keys())
            .trustManager(tls.instancesOf(service)));
  }

  private static SslContext build(SslContextBuilder builder) {
    try {
      return unresumed(GrpcSslContexts.configure(builder).protocols(PROTOCOLS).build());
    } catch (SSLException e) {
      throw new IllegalStateException("TLS 1.3 is not to be had here: " + e.getMessage(), e);
    }
  }

  /// A resumed session would go on with the certificates of the first one, also after they were
  /// replaced.
  private static SslContext unresumed(SslContext context) {
    SSLSessionContext sessions = context.sessionContext();
    if (sessions instanceof OpenSslSessionContext open) {
      open.setSessionCacheEnabled(false);
    } else {
      sessions.setSessionTimeout(1);
    }
    return context;
  }
}
