package dev.concordat.calls.identity;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.CertificateParsingException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// The roots that are believed, and the judgement by them. Revocation lists are not asked:
/// certificates live for hours, and a root that is no longer believed is taken out.
///
/// Sources: RFC 5280 (paths);
/// [X509-SVID](https://github.com/spiffe/spiffe/blob/main/standards/X509-SVID.md).
final class Roots {
  private static final int LONGEST_CHAIN = 6;
  private static final int URI = 6;

  private final List<X509Certificate> roots;
  private final Set<TrustAnchor> anchors;

  Roots(List<X509Certificate> roots) {
    this.roots = List.copyOf(roots);
    this.anchors =
        roots.stream().map(root -> new TrustAnchor(root, null)).collect(Collectors.toSet());
  }

  /// What a certificate is to be good for.
  enum Use {
    SERVER("1.3.6.1.5.5.7.3.1"),
    CLIENT("1.3.6.1.5.5.7.3.2");

    private final String oid;

    Use(String oid) {
      this.oid = oid;
    }
  }

  @Override
  public String toString() {
    return roots.stream().map(root -> root.getSubjectX500Principal().getName()).toList().toString();
  }

  /// When the first of them expires.
  Instant expires() {
    return roots.stream()
        .map(root -> root.getNotAfter().toInstant())
        .min(Instant::compareTo)
        .orElseThrow();
  }

  /// Who it is.
  ///
  /// @param chain the leaf first
  /// @throws PeerRefused when it cannot be believed
  SpiffeId judge(X509Certificate[] chain, Use use, Instant when) throws PeerRefused {
    if (chain.length == 0 || chain.length > LONGEST_CHAIN) {
      throw new PeerRefused("it sent " + chain.length + " certificates");
    }
    X509Certificate leaf = chain[0];
    requireValid(leaf, when);
    requirePath(chain, when);
    requireUse(leaf, use);
    return id(leaf);
  }

  static void requireValid(X509Certificate leaf, Instant when) throws PeerRefused {
    if (when.isAfter(leaf.getNotAfter().toInstant())) {
      throw new PeerRefused("the certificate expired at " + leaf.getNotAfter().toInstant());
    }
    if (when.isBefore(leaf.getNotBefore().toInstant())) {
      throw new PeerRefused(
          "the certificate is not valid before " + leaf.getNotBefore().toInstant());
    }
  }

  /// The one name in a service's certificate.
  static SpiffeId id(X509Certificate leaf) throws PeerRefused {
    if (leaf.getBasicConstraints() >= 0) {
      throw new PeerRefused("the certificate is an authority's, not a service's");
    }
    List<String> names = uris(leaf);
    if (names.size() != 1) {
      throw new PeerRefused(
          "the certificate must name exactly one URI (spiffe://TRUST-DOMAIN/SERVICE), it names "
              + names.size());
    }
    try {
      return SpiffeId.parse(names.getFirst());
    } catch (IllegalArgumentException e) {
      throw new PeerRefused(String.valueOf(e.getMessage()));
    }
  }

  private void requirePath(X509Certificate[] chain, Instant when) throws PeerRefused {
    try {
      X509CertSelector leaf = new X509CertSelector();
      leaf.setCertificate(chain[0]);
      PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, leaf);
      parameters.addCertStore(
          CertStore.getInstance("Collection", new CollectionCertStoreParameters(List.of(chain))));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(when));
      parameters.setMaxPathLength(LONGEST_CHAIN);
      CertPathBuilder.getInstance("PKIX").build(parameters);
    } catch (CertPathBuilderException e) {
      throw new PeerRefused("the certificate is not from an authority that is trusted here");
    } catch (GeneralSecurityException e) {
      throw new PeerRefused("the certificate cannot be judged: " + e.getMessage());
    }
  }

  private static void requireUse(X509Certificate leaf, Use use) throws PeerRefused {
    try {
      List<String> uses = leaf.getExtendedKeyUsage();
      if (uses != null && !uses.contains(use.oid)) {
        throw new PeerRefused(
            "the certificate is not for a " + use.name().toLowerCase(Locale.ROOT));
      }
    } catch (CertificateParsingException e) {
      throw new PeerRefused("the certificate's uses cannot be read");
    }
  }

  private static List<String> uris(X509Certificate leaf) throws PeerRefused {
    try {
      Collection<List<?>> names = leaf.getSubjectAlternativeNames();
      return names == null
          ? List.of()
          : names.stream()
              .filter(name -> Integer.valueOf(URI).equals(name.getFirst()))
              .map(name -> String.valueOf(name.get(1)))
              .toList();
    } catch (CertificateParsingException e) {
      throw new PeerRefused("the certificate's names cannot be read");
    }
  }
}
