package dev.concordat.calls.identity;

import java.security.cert.CertificateException;

/// The other side's certificate is not believed; the message says why.
public final class PeerRefused extends CertificateException {
  private static final long serialVersionUID = 1L;

  PeerRefused(String why) {
    super(why);
  }
}
