package dev.concordat.calls.identity;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A small certificate authority: one root (P-256, self-signed) that names services. For one
/// machine and for tests; a cluster has a real one.
///
/// Threads: safe for many.
///
/// Sources: RFC 5280; X509-SVID (SPIFFE).
public final class Authority {
  private static final String ECDSA_SHA256 = "1.2.840.10045.4.3.2";
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SERIAL_BITS = 120;

  private final X509Certificate certificate;
  private final PrivateKey key;

  private Authority(X509Certificate certificate, PrivateKey key) {
    this.certificate = certificate;
    this.key = key;
  }

  /// A certificate and its key, as PEM files hold them.
  ///
  /// @param certificate PEM
  /// @param key PEM (PKCS #8); never shown
  public record Issued(String certificate, String key) {
    /// Without the key.
    @Override
    public String toString() {
      return "Issued[" + certificate + "]";
    }
  }

  /// A new root.
  ///
  /// @param name for people
  public static Authority create(String name, Instant from, Instant until) {
    try {
      KeyPair pair = pair();
      Subject subject = new Subject(name, from, until, pair.getPublic());
      return new Authority(
          sign(subject, named(name), pair.getPublic(), pair.getPrivate(), rootExtensions()),
          pair.getPrivate());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK cannot make P-256 keys", e);
    }
  }

  /// The root that [#root()] gave.
  ///
  /// @throws IllegalArgumentException when it cannot be read
  public static Authority of(Issued root) {
    try {
      return new Authority(
          Pem.certificates(bytes(root.certificate())).getFirst(), Pem.key(bytes(root.key())));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("this is no root: " + e.getMessage());
    }
  }

  /// The root itself, key included, to be kept.
  public Issued root() {
    return new Issued(certificate(), text(Pem.write(key)));
  }

  /// The root's certificate, PEM: what others trust.
  public String certificate() {
    return pem(certificate);
  }

  /// When the root expires.
  public Instant expires() {
    return certificate.getNotAfter().toInstant();
  }

  /// A certificate for a service, good for servers and clients, with a new key.
  public Issued issue(SpiffeId id, Instant from, Instant until) {
    return issue(List.of(id.toString()), from, until, Use.BOTH);
  }

  /// A certificate with any names, also wrong ones: for tests of those who must refuse it.
  ///
  /// @param uris the names
  public Issued issue(List<String> uris, Instant from, Instant until, Use use) {
    try {
      KeyPair pair = pair();
      // RFC 5280: a subject may be empty when there are names.
      Subject subject = new Subject(uris.isEmpty() ? "nobody" : "", from, until, pair.getPublic());
      X509Certificate leaf =
          sign(
              subject,
              certificate.getSubjectX500Principal().getEncoded(),
              certificate.getPublicKey(),
              key,
              leafExtensions(uris, use));
      return new Issued(pem(leaf), text(Pem.write(pair.getPrivate())));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK cannot make P-256 keys", e);
    }
  }

  /// When a certificate expires.
  ///
  /// @param certificate PEM
  /// @throws IllegalArgumentException when it is none
  public static Instant expires(String certificate) {
    try {
      return Pem.certificates(bytes(certificate)).getFirst().getNotAfter().toInstant();
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("this is no certificate: " + e.getMessage());
    }
  }

  /// What a certificate is good for.
  public enum Use {
    /// Servers and clients.
    BOTH,
    /// Servers only.
    SERVER,
    /// Clients only.
    CLIENT
  }

  private record Subject(String name, Instant from, Instant until, PublicKey key) {}

  private static KeyPair pair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
    return generator.generateKeyPair();
  }

  private static X509Certificate sign(
      Subject subject, byte[] issuer, PublicKey issuerKey, PrivateKey key, List<byte[]> extensions)
      throws GeneralSecurityException {
    List<byte[]> all = new ArrayList<>(extensions);
    all.add(extension("2.5.29.14", false, Der.octets(keyId(subject.key()))));
    all.add(extension("2.5.29.35", false, Der.sequence(Der.tagged(0x80, keyId(issuerKey)))));
    byte[] algorithm = Der.sequence(Der.oid(ECDSA_SHA256));
    byte[] body =
        Der.sequence(
            Der.tagged(0xa0, Der.integer(BigInteger.TWO)), // version 3
            Der.integer(new BigInteger(SERIAL_BITS, RANDOM).setBit(SERIAL_BITS)),
            algorithm,
            issuer,
            Der.sequence(Der.time(subject.from()), Der.time(subject.until())),
            named(subject.name()),
            subject.key().getEncoded(),
            Der.tagged(0xa3, Der.sequence(all.toArray(new byte[0][]))));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(key);
    signature.update(body);
    byte[] der = Der.sequence(body, algorithm, Der.bits(0, signature.sign()));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }

  private static byte[] named(String name) {
    return name.isEmpty()
        ? Der.sequence()
        : Der.sequence(Der.set(Der.sequence(Der.oid("2.5.4.3"), Der.utf8(name))));
  }

  private static List<byte[]> rootExtensions() {
    return List.of(
        extension("2.5.29.19", true, Der.sequence(Der.bool(true))),
        extension("2.5.29.15", true, Der.bits(1, new byte[] {0x06}))); // signs certificates, CRLs
  }

  private static List<byte[]> leafExtensions(List<String> uris, Use use) {
    byte[] server = Der.oid("1.3.6.1.5.5.7.3.1");
    byte[] client = Der.oid("1.3.6.1.5.5.7.3.2");
    byte[] uses =
        switch (use) {
          case BOTH -> Der.sequence(server, client);
          case SERVER -> Der.sequence(server);
          case CLIENT -> Der.sequence(client);
        };
    List<byte[]> extensions = new ArrayList<>();
    extensions.add(extension("2.5.29.15", true, Der.bits(7, new byte[] {(byte) 0x80}))); // signs
    extensions.add(extension("2.5.29.37", false, uses));
    if (!uris.isEmpty()) {
      byte[][] names =
          uris.stream()
              .map(uri -> Der.tagged(0x86, uri.getBytes(StandardCharsets.US_ASCII)))
              .toArray(byte[][]::new);
      extensions.add(extension("2.5.29.17", true, Der.sequence(names))); // the subject is empty
    }
    return extensions;
  }

  private static byte[] extension(String oid, boolean critical, byte[] value) {
    return critical
        ? Der.sequence(Der.oid(oid), Der.bool(true), Der.octets(value))
        : Der.sequence(Der.oid(oid), Der.octets(value));
  }

  private static byte[] keyId(PublicKey key) throws GeneralSecurityException {
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
    return Arrays.copyOf(hash, 20);
  }

  private static String pem(X509Certificate certificate) {
    try {
      return text(Pem.write(certificate));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(byte[] pem) {
    return new String(pem, StandardCharsets.US_ASCII);
  }

  private static byte[] bytes(String pem) {
    return pem.getBytes(StandardCharsets.US_ASCII);
  }
}
