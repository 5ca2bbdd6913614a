package dev.concordat.calls.identity;

import java.nio.file.Path;

/// Where a service's certificate lies. All of it may be replaced while the service runs, in any
/// order; see [Tls].
///
/// @param certificate the service's own certificate (PEM), then those between it and the root
/// @param key its private key: PEM, PKCS #8 (`BEGIN PRIVATE KEY`), not encrypted
/// @param trust the roots that are believed (PEM), one or, while a root is replaced, several
public record PemFiles(Path certificate, Path key, Path trust) {
  /// `certificate.pem`, `key.pem` and `trust.pem` of one folder.
  public static PemFiles in(Path folder) {
    return new PemFiles(
        folder.resolve("certificate.pem"), folder.resolve("key.pem"), folder.resolve("trust.pem"));
  }
}
