package dev.concordat.calls.identity;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Certificates and keys as text (RFC 7468).
final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String KEY = "PRIVATE KEY";
  private static final List<String> KEY_TYPES = List.of("EC", "RSA", "Ed25519");

  private Pem() {}

  /// All certificates of a file, at least one.
  static List<X509Certificate> certificates(byte[] pem) throws GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> certificates = new ArrayList<>();
    for (byte[] der : blocks(pem, CERTIFICATE)) {
      certificates.add(
          (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
    }
    if (certificates.isEmpty()) {
      throw new CertificateException("there is no BEGIN CERTIFICATE in it");
    }
    return certificates;
  }

  /// The first private key of a file.
  static PrivateKey key(byte[] pem) throws GeneralSecurityException {
    List<byte[]> keys = blocks(pem, KEY);
    if (keys.isEmpty()) {
      throw new InvalidKeySpecException(
          "there is no BEGIN PRIVATE KEY in it; other kinds are converted by: openssl pkcs8 -topk8"
              + " -nocrypt");
    }
    PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(keys.getFirst());
    for (String type : KEY_TYPES) {
      try {
        return KeyFactory.getInstance(type).generatePrivate(spec);
      } catch (InvalidKeySpecException e) {
        assert e != null; // of another type
      }
    }
    throw new InvalidKeySpecException("the private key is none of " + KEY_TYPES);
  }

  static byte[] write(X509Certificate... certificates) throws CertificateException {
    ByteArrayOutputStream pem = new ByteArrayOutputStream();
    for (X509Certificate certificate : certificates) {
      pem.writeBytes(block(CERTIFICATE, certificate.getEncoded()));
    }
    return pem.toByteArray();
  }

  static byte[] write(PrivateKey key) {
    return block(KEY, key.getEncoded());
  }

  private static byte[] block(String type, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n"
        .formatted(type, body)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static List<byte[]> blocks(byte[] pem, String type) throws GeneralSecurityException {
    List<byte[]> found = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(new String(pem, StandardCharsets.ISO_8859_1));
    while (matcher.find()) {
      if (matcher.group(1).equals(type)) {
        found.add(decode(matcher.group(2)));
      }
    }
    return found;
  }

  private static byte[] decode(String base64) throws GeneralSecurityException {
    try {
      return Base64.getMimeDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      // Without the cause: it may quote from a key.
      throw new GeneralSecurityException("what stands between BEGIN and END is no base64");
    }
  }
}
