package dev.concordat.calls.identity;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/// What a service proves itself with.
///
/// @param chain the own certificate first
record OwnKey(List<X509Certificate> chain, PrivateKey key, SpiffeId id) {
  private static final byte[] PROBE = {1, 2, 3, 5, 7, 11};

  /// @throws GeneralSecurityException when the two do not belong together, or prove nothing now
  static OwnKey of(List<X509Certificate> chain, PrivateKey key, Instant now)
      throws GeneralSecurityException {
    X509Certificate leaf = chain.getFirst();
    Roots.requireValid(leaf, now);
    SpiffeId id = Roots.id(leaf);
    if (!belongs(leaf, key)) {
      throw new GeneralSecurityException("the private key is not that of the certificate of " + id);
    }
    return new OwnKey(List.copyOf(chain), key, id);
  }

  X509Certificate leaf() {
    return chain.getFirst();
  }

  private static boolean belongs(X509Certificate leaf, PrivateKey key)
      throws GeneralSecurityException {
    if (!key.getAlgorithm().equals(leaf.getPublicKey().getAlgorithm())) {
      return false;
    }
    Signature signature = Signature.getInstance(algorithm(key));
    signature.initSign(key);
    signature.update(PROBE);
    byte[] signed = signature.sign();
    signature.initVerify(leaf.getPublicKey());
    signature.update(PROBE);
    return signature.verify(signed);
  }

  private static String algorithm(PrivateKey key) {
    return switch (key.getAlgorithm()) {
      case "EC" -> "SHA256withECDSA";
      case "RSA" -> "SHA256withRSA";
      default -> key.getAlgorithm();
    };
  }

  /// Without the key.
  @Override
  public String toString() {
    return "OwnKey[" + id + ", until " + leaf().getNotAfter().toInstant() + "]";
  }
}
