package dev.concordat.calls.identity;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// The own key for JSSE. A handshake asks for a name, then for the certificate of that name, then
/// for its key: each pair has a name of its own, so that one replaced in between does not mix.
final class TlsKeys extends X509ExtendedKeyManager {
  private final Supplier<OwnKey> own;
  private volatile Named newest;
  private volatile @Nullable Named before;

  TlsKeys(Supplier<OwnKey> own) {
    this.own = own;
    this.newest = new Named(0, own.get());
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, SSLEngine engine) {
    return name(keyTypes);
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    return name(keyType);
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return name(keyTypes);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return name(keyType);
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    String name = name(keyType);
    return name == null ? null : new String[] {name};
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return getClientAliases(keyType, issuers);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String name) {
    OwnKey key = named(name);
    return key == null ? null : key.chain().toArray(new X509Certificate[0]);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String name) {
    OwnKey key = named(name);
    return key == null ? null : key.key();
  }

  private @Nullable String name(String... keyTypes) {
    Named now = newest();
    String algorithm = now.key().key().getAlgorithm();
    boolean fits =
        Arrays.stream(keyTypes)
            .anyMatch(type -> type.equals(algorithm) || type.startsWith(algorithm + "_"));
    return fits ? now.name() : null;
  }

  private synchronized Named newest() {
    OwnKey now = own.get();
    if (!now.equals(newest.key())) {
      before = newest;
      newest = new Named(newest.number() + 1, now);
    }
    return newest;
  }

  private @Nullable OwnKey named(String name) {
    Named now = newest;
    Named old = before;
    if (now.name().equals(name)) {
      return now.key();
    }
    return old != null && old.name().equals(name) ? old.key() : null;
  }

  private record Named(int number, OwnKey key) {
    String name() {
      return "own-" + number;
    }
  }
}
