package dev.concordat.calls.identity;

import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Judges the other side for JSSE, by what is trusted at that moment. An extended trust manager is
/// asked alone: JSSE adds no check of host names to it.
final class TlsTrust extends X509ExtendedTrustManager {
  private final Tls tls;
  private final Optional<String> service;

  TlsTrust(Tls tls, Optional<String> service) {
    this.tls = tls;
    this.service = service;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws PeerRefused {
    judge(chain, Roots.Use.CLIENT);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws PeerRefused {
    judge(chain, Roots.Use.SERVER);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
      throws PeerRefused {
    judge(chain, Roots.Use.CLIENT);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
      throws PeerRefused {
    judge(chain, Roots.Use.SERVER);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType) throws PeerRefused {
    judge(chain, Roots.Use.CLIENT);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType) throws PeerRefused {
    judge(chain, Roots.Use.SERVER);
  }

  /// None are named: the list would be that of the moment when the server began.
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }

  private void judge(X509Certificate[] chain, Roots.Use use) throws PeerRefused {
    try {
      tls.judge(chain, use, service);
    } catch (PeerRefused e) {
      tls.refused(service.map(name -> "an instance of " + name).orElse("a caller"), e);
      throw e;
    }
  }
}
